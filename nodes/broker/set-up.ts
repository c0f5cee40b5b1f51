import { setTimeout as pause } from 'node:timers/promises';
import type { Node, NodeDef } from 'node-red';
import { tellBrokerFacts } from '../../src/brokers/broker-facts.js';
import { errorText } from '../../src/errors.js';
import { own } from '../../src/own.js';
import { topicSetting } from '../fields/topic-setting.js';
import { type BrokerNode, makeRoomFor, type UsableBrokerNode } from '../runtime/broker-node.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { isInFlowFile } from '../runtime/deployed.js';
import { placeOf } from '../runtime/place.js';
import { ConnectCheck } from './connect-check.js';
import { openBroker } from './open-broker.js';

/** How long a broker that closes waits for the nodes that use it. */
const RELEASE_MS = 3000;

export function setUp({ RED, node, settings, status, repeats }: NodeTools<NodeDef>): NodeBehaviour {
  const brokerNode = node as BrokerNode;
  brokerNode.topicPrefix = topicSetting(settings, 'topicPrefix');
  const broker = openBroker(settings);
  settings.finish();
  if (broker === undefined) return {};

  const check = new ConnectCheck(RED, node, broker);
  broker.on('state', (state, error) => {
    if (error !== undefined) repeats.goesOn('connection', error.message);
    if (state !== 'connecting') status.connection(broker, error);
    if (state === 'connected') {
      const count = repeats.over('connection');
      const word = count > 1 ? 'connected-again' : 'connected';
      node.log(RED._(`gridwire-broker.log.${word}`, { count }));
      own(check.connected(), (error) => node.warn(error.message));
    }
  });
  let problems = 0;
  broker.on('problem', (error) => {
    problems += 1;
    status.happened('problem', 'problem', { count: problems }, () => (problems = 0), error);
    repeats.another(error.code, error.message);
  });

  const users = new Set<string>();
  brokerNode.broker = broker;
  const place = placeOf(node, brokerNode as UsableBrokerNode);
  const untell = tellBrokerFacts(broker, place, () => users.size > 0);
  brokerNode.acquire = (user: Node): void => {
    users.add(user.id);
    makeRoomFor(broker, users.size);
    if (users.size === 1) own(broker.connect(), (error) => node.error(error.message));
  };
  let onReleased: (() => void) | undefined;
  brokerNode.release = async (user: Node): Promise<void> => {
    if (!users.delete(user.id)) return;
    makeRoomFor(broker, users.size);
    if (users.size > 0) return;
    onReleased?.();
    await broker.disconnect();
  };
  return {
    onClose: async (removed) => {
      // Its users close at the same time, and may still be handing over what is under way.
      if (users.size > 0) {
        const released = new AbortController();
        onReleased = () => released.abort();
        await pause(RELEASE_MS, undefined, { signal: released.signal }).catch(() => undefined);
      }
      users.clear();
      await broker.disconnect().catch((error: unknown) => node.warn(errorText(error)));
      if (removed && !isInFlowFile(RED, node)) broker.forget?.();
      untell();
    },
  };
}
