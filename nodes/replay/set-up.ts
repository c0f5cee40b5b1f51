import type { NodeDef } from 'node-red';
import { errorText, GridwireError } from '../../src/errors.js';
import { commandTest } from '../../src/delivery/history/command-test.js';
import { eventIds } from '../../src/delivery/history/event-id.js';
import { Outbox } from '../../src/delivery/outbound/outbox.js';
import { OutboxFacts } from '../../src/delivery/outbound/outbox-facts.js';
import type { WireMessage } from '../../src/event.js';
import type { StoreState } from '../../src/store/event-store.js';
import { brokerSetting } from '../runtime/broker-node.js';
import { memoriesOf } from '../runtime/memories.js';
import { contractSetting } from '../fields/contract-setting.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { derivedMessage, type GridwireMessage } from '../runtime/messages.js';
import { placeOf } from '../runtime/place.js';
import { BrokerUse } from '../runtime/broker-use.js';
import { storeSetting } from '../runtime/store-node.js';
import { watchStore } from '../runtime/store-watch.js';
import { sentAgain } from '../outbound/sent-again.js';
import { EventReplays } from './event-replays.js';
import { LetterRecovery } from './letter-recovery.js';
import { replaySettings } from './replay-settings.js';

/** What a message may ask for beside the start of a replay. */
const CONTROLS = ['pause', 'resume', 'cancel'] as const;
type Control = (typeof CONTROLS)[number];

export interface ReplayMessage extends GridwireMessage {
  control?: unknown;
}

export function setUp({ RED, node, settings, status }: NodeTools<NodeDef>): NodeBehaviour {
  const storeNode = storeSetting(settings);
  const brokerNode = brokerSetting(settings);
  const contract = contractSetting(settings, brokerNode?.topicPrefix ?? '');
  const source = settings.choice('source', ['mirror', 'dead-letters'], 'mirror');
  const chosen = replaySettings(settings);
  settings.finish();
  if (storeNode === undefined || brokerNode === undefined) return {};

  const place = placeOf(node, brokerNode);
  const outbox = new Outbox(brokerNode.broker, {}, { facts: new OutboxFacts(place) });
  memoriesOf(RED).set(outbox, undefined);
  const tools = {
    RED: RED,
    node,
    status,
    contract,
    store: () => storeNode.connection.access(),
    storeId: storeNode.id,
    publish: async (message: WireMessage) => {
      await sentAgain(RED, place, contract, message, () => outbox.send(message));
    },
  };
  const use = new BrokerUse(node, brokerNode, status);
  storeNode.acquire(node);
  const unwatchStore = watchStore(status, storeNode);
  const work =
    source === 'mirror'
      ? new EventReplays(tools, chosen, commandTest(contract), eventIds(contract))
      : new LetterRecovery(tools, chosen);
  // At the start, and whenever the store is back.
  const onState = (state: StoreState): void => {
    if (state === 'open') work.takeUp().catch((error: unknown) => node.warn(errorText(error)));
  };
  storeNode.connection.on('state', onState);
  if (storeNode.connection.status?.state === 'open') onState('open');
  return {
    async onInput(message: ReplayMessage, send) {
      const control = controlOf(message);
      if (control === undefined) send(derivedMessage(message, { payload: await work.start(message) }));
      else work.control(control);
    },
    async onClose() {
      storeNode.connection.off('state', onState);
      unwatchStore();
      use.leave();
      await work.close();
      memoriesOf(RED).delete(outbox);
      outbox.close();
      storeNode.release(node);
      await use.end();
    },
  };
}

/** @throws GridwireError `SETTING_INVALID` for a word that means nothing here */
function controlOf({ control }: ReplayMessage): Control | undefined {
  if (control === undefined || control === 'start') return undefined;
  const known = CONTROLS.find((word) => word === control);
  if (known !== undefined) return known;
  throw new GridwireError('SETTING_INVALID', `msg.control must be start, ${CONTROLS.join(', ')}.`);
}
