import type { NodeAPI, NodeDef } from 'node-red';
import type { Delivery } from '../../src/brokers/broker.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { InboundMessage } from '../../src/event.js';
import { TelemetryIngest } from '../../src/telemetry/ingest.js';
import { brokerSetting } from '../shared/broker-node.js';
import { requiredContract } from '../shared/contract-setting.js';
import { defineNode } from '../shared/define-node.js';
import { DEVICES_TYPE, type DevicesNode } from '../shared/devices-node.js';
import { type GridwireMessage, eventMessage, rejectedMessage } from '../shared/messages.js';
import { Receiver } from '../shared/receiver.js';
import { Rejections } from '../shared/rejections.js';

export interface IngestConfig extends NodeDef {
  broker: string;
  contract: string;
  dialect: string;
  devices: string;
  maxBodyKib: string | number;
  window: string | number;
}

const TELEMETRY = 0;
const STATUS = 1;
const REJECTED = 2;
const OUTPUTS = 3;

export default function register(RED: NodeAPI): void {
  defineNode<IngestConfig>(RED, 'gridwire-ingest', ({ node, config, settings, status }) => {
    const brokerNode = brokerSetting(settings);
    const contract = requiredContract(settings, brokerNode?.topicPrefix ?? '');
    const devices = settings.configNode<DevicesNode>('devices', DEVICES_TYPE, 'a device registry');
    const registry = devices?.registry;
    if (devices !== undefined && registry === undefined)
      settings.fault('devices', 'the registry has invalid settings.');
    const window = settings.integer('window', { minimum: 1, maximum: 65_535, otherwise: 100 });
    const ingest =
      contract === undefined || registry === undefined
        ? undefined
        : settings.check('contract', () => new TelemetryIngest(contract, registry));
    settings.finish();
    if (brokerNode === undefined || contract === undefined || ingest === undefined || registry === undefined)
      return {};

    const rejections = new Rejections(node, status, config, REJECTED, OUTPUTS);
    const receiver = new Receiver(node, brokerNode, status);

    const reject = (message: InboundMessage, thrown: unknown): void => {
      const error = toGridwireError(thrown);
      const rejected = rejectedMessage(message, error, ingest.deadLetterTopic(message));
      rejections.reject(rejected, error.message, (messages) => node.send(messages));
    };

    const process = (message: InboundMessage): void => {
      try {
        const result = ingest.process(message, (approved) => {
          if (approved) process(message);
          else
            reject(
              message,
              new GridwireError('DEVICE_UNKNOWN', 'The device was dismissed from the registry.'),
            );
        });
        if (result.kind === 'held') status.show('held', { count: registry.heldMessages });
        if (result.kind !== 'events') return;
        for (const event of result.events) {
          const outputs = Array.from<GridwireMessage | null>({ length: OUTPUTS }).fill(null);
          outputs[event.type === contract.data.ingest?.statusType ? STATUS : TELEMETRY] = eventMessage(
            event,
            message,
          );
          node.send(outputs);
        }
      } catch (thrown) {
        reject(message, thrown);
      }
    };

    const handle = (delivery: Delivery): void => {
      const { message } = delivery;
      rejections.counted();
      process(message);
      delivery.settle('ack');
    };
    receiver.start(ingest.filter, handle, { qos: 1, window });
    return { onClose: (removed) => receiver.stop(removed) };
  });
}
