import type { NodeDef } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import { brokerSetting } from '../runtime/broker-node.js';
import { BrokerUse } from '../runtime/broker-use.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { SubscriptionStanding } from '../runtime/subscription-standing.js';
import { GridChannels } from '../messages/grid-channels.js';
import { gridSetting } from '../fields/grid-setting.js';
import { DeviceAgent } from './device-agent.js';

export interface GridDeviceConfig extends NodeDef {
  broker: string;
  envId: string;
  environment: string;
  environmentJson: string;
  stepMinutes: string | number;
  seed: string | number;
  /** Only these; empty for all. */
  agent: string;
  device: string;
}

export function setUp({ node, settings, status }: NodeTools<GridDeviceConfig>): NodeBehaviour {
  const brokerNode = brokerSetting(settings);
  const setting = gridSetting(settings);
  const envId = settings.text('envId', 'env_0');
  const [agent, device] = [settings.text('agent'), settings.text('device')];
  const channels =
    brokerNode &&
    settings.check('envId', () => new GridChannels(brokerNode.broker, envId, brokerNode.topicPrefix));
  const devices =
    channels && setting && new DeviceAgent(channels, setting.environment, setting.config, agent, device);
  if (devices?.deviceCount === 0) {
    settings.fault('device', 'the environment has no such device; leave agent and device empty for all.');
  }
  settings.finish();
  if (brokerNode === undefined || devices === undefined) return {};

  let steps = 0;
  const failed = (thrown: unknown): void => {
    const error = toGridwireError(thrown);
    status.set('devices', 'error', {}, error);
    node.error(error.message);
  };
  const use = new BrokerUse(node, brokerNode, status);
  const standing = new SubscriptionStanding(node, brokerNode);
  const reported = (states: object[]): void => {
    steps += 1;
    status.show('received', { count: steps });
    node.send({ topic: envId, payload: states });
  };
  const started = standing.follow(devices.start(reported, failed, standing.onProblem)).catch(failed);
  return {
    async onClose(removed) {
      await started;
      standing.close();
      await devices.stop(removed);
      use.leave();
      await use.end();
    },
  };
}
