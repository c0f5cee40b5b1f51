import type { NodeDef, NodeMessage } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { Probe } from '../../src/observe/health/probe.js';
import { healthReport } from '../../src/observe/health/report.js';
import { own } from '../../src/own.js';
import { shutdownMessage } from '../messages/battery-messages.js';
import { brokerSetting } from '../runtime/broker-node.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { derivedMessage } from '../runtime/messages.js';
import { processObserver } from '../runtime/observer.js';
import { placeOf } from '../runtime/place.js';
import { onShutdown } from '../runtime/shutdown.js';
import { ANSWER_FORMS, healthMessage, probeMessage } from './answers.js';
import { ShownHealth } from './shown-health.js';

export interface HealthConfig extends NodeDef {
  broker: string;
  /** In whose form it answers. */
  form: string;
  /** Seconds between checks of its own; 0: one per message. */
  interval: string | number;
  /** Where the event goes that is published to see whether the way is open. */
  probeTopic: string;
  /** Seconds that its acknowledgement may take. */
  patience: string | number;
}

export function setUp({ RED, node, settings, status, repeats }: NodeTools<HealthConfig>): NodeBehaviour {
  const brokerNode = brokerSetting(settings);
  const form = settings.choice('form', ANSWER_FORMS, 'gridwire');
  const interval = settings.integer('interval', { minimum: 0, maximum: 86_400, otherwise: 60 });
  const patience = settings.integer('patience', { minimum: 1, maximum: 300, otherwise: 10 });
  const topic = settings.text('probeTopic', 'gridwire/health');
  settings.check('probeTopic', () => probeMessage(form, brokerNode?.topicPrefix ?? '', topic));
  settings.finish();
  if (brokerNode === undefined) return {};

  const probe = new Probe(brokerNode.broker, systemClock, patience * 1_000, placeOf(node, brokerNode));
  brokerNode.acquire(node);
  const shown = new ShownHealth(RED, status, repeats, brokerNode.broker);
  const check = async (): Promise<NodeMessage> => {
    const result = await probe.run(probeMessage(form, brokerNode.topicPrefix, topic));
    const view = await processObserver(RED).look();
    const report = healthReport(view.standings, view.conditions, view.lastWork, view.at);
    shown.show(report);
    return healthMessage(form, view, result);
  };
  const timer =
    interval === 0
      ? undefined
      : setInterval(
          () =>
            own(
              check().then((message) => node.send(message)),
              (error) => shown.blind(error),
            ),
          interval * 1_000,
        );
  // Only Battery Hawk has an event for it.
  const endWatch = form === 'battery-hawk' ? onShutdown(RED, () => node.send(shutdownMessage())) : undefined;
  return {
    onInput: async (message, send) => send(derivedMessage(message, await check())),
    async onClose() {
      clearInterval(timer);
      endWatch?.();
      probe.close();
      shown.close();
      await brokerNode.release(node);
    },
  };
}
