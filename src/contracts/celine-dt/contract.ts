import type { ContractData } from '../contract-data.js';
import { alertEvents } from './alert-events.js';
import { appEvents } from './app-events.js';
import { deployed } from './deployed.js';
import { envelope } from './envelope.js';
import { evChargingEvents } from './ev-charging-events.js';

/** CELINE Digital Twin: apps publish computed events in a JSON-LD envelope. */
export const celineDt: ContractData = {
  name: 'celine-dt',
  title: 'CELINE Digital Twin',
  description: 'Apps of an energy community publish what they computed, how their runs went, and alerts.',
  version: '1.0.0',
  source: 'CELINE Digital Twin, Event Broker Documentation',
  prefix: 'celine/dt/',
  timeZone: 'UTC',
  envelope,
  switches: {
    appEvents: {
      title: 'publish app execution events',
      description: 'broker_publish_app_events of the application settings.',
    },
    computedEvents: {
      title: 'publish computed result events',
      description: 'broker_publish_computed_events of the application settings.',
    },
  },
  parameters: {
    entity: {
      description: 'what the event is about: a community, an alert or an app',
      kind: 'identifier',
      from: ['/payload/community_id', '/payload/alert_id', '/payload/app_key'],
    },
  },
  retry: { attempts: 3, delay: 5000, factor: 2, maximumDelay: 60_000 },
  // The document has no dead-letter rule; this one keeps letters beside the events they come from.
  deadLetter: {
    topic: 'dlq/{topicFlat}',
    form: 'record',
    qos: 1,
    record: {
      originalTopic: 'original_topic',
      reason: 'failure_reason',
      time: 'failure_timestamp',
      payload: 'payload',
    },
  },
  types: { ...evChargingEvents, ...appEvents, ...alertEvents },
  dialects: { deployed },
};
