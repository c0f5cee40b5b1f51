import type { NodeDef } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { GridwireError } from '../../src/errors.js';
import type { GridwireEvent, InboundMessage } from '../../src/event.js';
import { TelemetryIngest } from '../../src/telemetry/ingest.js';
import { type DeviceStatus, StatusMemory } from '../../src/telemetry/status-memory.js';
import { alertSettings } from './alert-settings.js';
import { DEVICES_TYPE } from '../runtime/config-types.js';
import { brokerSetting } from '../runtime/broker-node.js';
import { requiredContract } from '../fields/contract-setting.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import type { DevicesNode } from '../runtime/devices-node.js';
import { ClearedValues } from '../inbound/cleared-values.js';
import { type HeldBy, InboundSource } from '../inbound/inbound-source.js';
import { type GridwireMessage, eventMessage } from '../runtime/messages.js';
import { partitionSettings } from '../fields/partition-settings.js';
import { settlementSettings } from '../fields/settlement-settings.js';

export interface IngestConfig extends NodeDef {
  broker: string;
  contract: string;
  dialect: string;
  devices: string;
  maxBodyKib: string | number;
  window: string | number;
  settlement: string;
  /** Without a store, failed events wait in memory, unsettled. */
  store: string;
  settleTimeout: string | number;
  caughtHandled: boolean;
  /** Whether measurements beyond a threshold raise alerts, on one more output. Flows of older versions have none. */
  alerts?: boolean;
  /** The service whose names and thresholds count, where the contract has several. */
  alertSet?: string;
  /** Thresholds, as rows of a table; empty for those of the contract. */
  alertRules?: unknown;
  /** Whether other processes do the same work: those of the same group. */
  shared: boolean;
  sharedGroup: string;
  /** A line for each partition, its filters separated by blanks; empty for one partition. */
  partitions: string;
  /** Whether one more partition takes what no line names. */
  partitionRest: boolean;
}

const TELEMETRY = 0;
const STATUS = 1;
const REJECTED = 2;
const ALERTS = 3;

export function setUp(tools: NodeTools<IngestConfig>): NodeBehaviour {
  const { node, settings, status, repeats } = tools;
  const brokerNode = brokerSetting(settings);
  const contract = requiredContract(settings, brokerNode?.topicPrefix ?? '');
  const devices = settings.configNode<DevicesNode>('devices', DEVICES_TYPE, 'a device registry');
  const registry = devices?.registry;
  if (devices !== undefined && registry === undefined)
    settings.fault('devices', 'the registry has invalid settings.');
  const settlement = settlementSettings(settings, 'completion');
  const alerts = contract && alertSettings(settings, contract);
  const outputs = alerts === undefined ? ALERTS : ALERTS + 1;
  const ingest =
    contract === undefined || registry === undefined
      ? undefined
      : settings.check('contract', () => new TelemetryIngest(contract, registry, alerts));
  const shared =
    ingest && partitionSettings(settings, brokerNode, { filter: ingest.filter, qos: 1 }, settlement);
  settings.finish();
  if (brokerNode === undefined || contract === undefined || ingest === undefined || registry === undefined)
    return {};

  const { statusType, alert } = contract.data.ingest ?? {};
  const outputOf = (type: string): number =>
    type === statusType ? STATUS : type === alert?.becomes ? ALERTS : TELEMETRY;
  // Status and alerts are followed from message to message: a change that was seen once is not seen at the next attempt.
  const changes = new WeakMap<InboundMessage, GridwireEvent[]>();
  const statuses = new WeakMap<InboundMessage, DeviceStatus>();
  const { store } = settlement;
  const memory =
    store &&
    new StatusMemory(
      () => store.connection.access(),
      `device-status ${shared?.group ?? node.id}`,
      ingest.tracker,
      ({ code, message }) => repeats.another(code, `The status of devices waits for the store: ${message}`),
      systemClock,
    );
  const holder = registry.holder((serialNumber, approved) => {
    const refusal = new GridwireError('DEVICE_UNKNOWN', 'The device was dismissed from the registry.');
    source.decided({ by: serialNumber, ...(approved ? {} : { refusal }) });
    showHeld();
  });
  const showHeld = (): void => {
    const count = registry.heldMessages;
    if (count === 0) status.clear('held');
    else status.set('held', 'held', { count, devices: registry.heldDevices });
  };

  const cleared = new ClearedValues(contract, brokerNode.id, repeats);
  const eventsOf = (message: InboundMessage): GridwireEvent[] | HeldBy => {
    if (message.unreadable !== undefined) throw message.unreadable;
    if (cleared.isCleared(message)) return [];
    const known = changes.get(message);
    if (known !== undefined) return structuredClone(known);
    const result = ingest.process(message, (serialNumber) => holder.hold(serialNumber));
    if (result.kind === 'held') {
      showHeld();
      return { heldBy: result.serialNumber };
    }
    if (result.status !== undefined) statuses.set(message, result.status);
    if (result.kind !== 'events') return [];
    if (result.events.some(({ type }) => outputOf(type) !== TELEMETRY))
      changes.set(message, structuredClone(result.events));
    return result.events;
  };

  const source = new InboundSource(tools, {
    brokerNode,
    settlement,
    contract,
    rejected: REJECTED,
    outputs,
    messages: (message, attempt) => {
      const events = eventsOf(message);
      if ('heldBy' in events) return events;
      return events.map((event) => {
        const sent = Array.from<GridwireMessage | null>({ length: outputs }).fill(null);
        sent[outputOf(event.type)] = {
          ...eventMessage(event, message),
          ...{ attempt, ingestedFrom: brokerNode.broker.address },
        };
        return sent;
      });
    },
    deadLetterTopic: (message) => ingest.deadLetterTopic(message),
    ...(shared === undefined ? {} : { shared }),
    prepare: async (isTold, closing) => {
      alerts?.forget(isTold);
      await memory?.load(isTold, closing);
    },
    knows: (message) => changes.has(message),
    heldBefore: (held) => {
      holder.restore(held.by, held.count, systemClock.wall());
      showHeld();
    },
    heldNoMore: (held) => {
      holder.release(held.by, held.count);
      showHeld();
    },
    afterFlow: async (message) => {
      const known = statuses.get(message);
      if (known !== undefined) await memory?.save(known);
    },
  });
  source.start(ingest.filter, { qos: 1 });
  return {
    onClose: async (removed) => {
      await source.stop(removed);
      holder.leave();
      memory?.close();
    },
  };
}
