import type { NodeDef } from 'node-red';
import { Outbox } from '../../src/delivery/outbound/outbox.js';
import { OutboxFacts } from '../../src/delivery/outbound/outbox-facts.js';
import { GridwireError, isTransient, toGridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import { facts } from '../../src/observe/facts/facts.js';
import { brokerSetting } from '../runtime/broker-node.js';
import { requiredContract } from '../fields/contract-setting.js';
import type { Send, NodeTools, NodeBehaviour } from '../runtime/node-behaviour.js';
import { originalIn } from '../runtime/came-with.js';
import { memoriesOf } from '../runtime/memories.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { placeOf } from '../runtime/place.js';
import { outboxSettings } from '../fields/outbox-settings.js';
import { GivenUp } from '../outbound/given-up.js';
import { InFlight } from '../outbound/in-flight.js';
import { OutboxStatus } from '../outbound/outbox-status.js';
import { storeSetting } from '../runtime/store-node.js';
import { watchStore } from '../runtime/store-watch.js';
import { isLetter, letterFor, letterKind, storedLetter } from './letter.js';
import { LetterBox } from './letter-box.js';
import { LetterCount } from './letter-count.js';
import { tracedLetter } from './traced-letter.js';

export interface DlqConfig extends NodeDef {
  broker: string;
  contract: string;
  dialect: string;
  /** Without a store, letters wait for the broker in memory. */
  store: string;
  outboxCount: string | number;
  /** How the reason is written into headers, for whoever reads the letters. */
  letterHeaders: string;
}

/** How long a broker gets to acknowledge what is under way when the node closes. */
const CLOSE_GRACE_MS = 2000;

export function setUp({ RED, node, settings, status, repeats }: NodeTools<DlqConfig>): NodeBehaviour {
  const brokerNode = brokerSetting(settings);
  const contract = requiredContract(settings, brokerNode?.topicPrefix ?? '');
  const storeNode = settings.text('store') === '' ? undefined : storeSetting(settings);
  const dialect = settings.choice('letterHeaders', ['gridwire', 'kafka-connect', 'spring'], 'gridwire');
  const { drainRate, whenFull: _, ...bounds } = outboxSettings(settings);
  settings.finish();
  if (brokerNode === undefined || contract === undefined) return {};

  const { broker } = brokerNode;
  const { retry } = contract.data;
  const shown = new OutboxStatus(status, broker);
  const box = storeNode && new LetterBox(RED, node, storeNode, brokerNode, { retry, drainRate }, shown.show);
  /** Without a store, and while the store is away, letters wait in memory. */
  const place = placeOf(node, brokerNode);
  const outbox = new Outbox(
    broker,
    { ...bounds, drainRate },
    { onChange: shown.show, facts: new OutboxFacts(place) },
  );
  memoriesOf(RED).set(outbox, undefined);
  shown.watch(outbox, ...(box === undefined ? [] : [box.outbox]));
  brokerNode.acquire(node);
  storeNode?.acquire(node);
  const tellLetter = (message: GridwireMessage): void => {
    if (facts.lettered.isHeard) facts.lettered.tell({ place, ...letterKind(message, contract) });
  };
  const givenUp = new GivenUp(RED, node, new InFlight(), storeNode !== undefined);
  const unwatchStore = storeNode && watchStore(status, storeNode);
  const letters = new LetterCount(status, storeNode);
  const take = async (message: GridwireMessage, send: Send): Promise<void> => {
    const letter = letterFor(message, contract, broker.capabilities.headers ? dialect : undefined);
    // What was read from where letters lie is not written there again.
    const publication = isLetter(message, contract) ? undefined : letter;
    if (box !== undefined) {
      try {
        await box.keep(storedLetter(message, contract), publication);
        tellLetter(message);
        letters.another();
        repeats.over('store');
        send({ ...message, topic: letter.topic, stored: true });
        return;
      } catch (error) {
        if (!isTransient(error) || publication === undefined) throw error;
        const text = `Letters go to the broker only: ${toGridwireError(error).message}`;
        repeats.goesOn('store', text);
      }
    }
    if (publication === undefined && letter.topic === originalIn(message)?.topic) throw letterAlready(letter);
    const result = await givenUp.watch(
      letter.topic,
      shown.follow(outbox, () => outbox.send(letter, { retry })),
    );
    tellLetter(message);
    if (storeNode === undefined) letters.another();
    send({ ...message, topic: letter.topic, result });
  };
  return {
    onInput: (message: GridwireMessage, send) =>
      givenUp.endOf(() => tracedLetter(RED, place, message, contract, () => take(message, send))),
    waits: () => shown.waits,
    async onClose() {
      givenUp.begin();
      shown.close();
      letters.close();
      unwatchStore?.();
      memoriesOf(RED).delete(outbox);
      outbox.close();
      await box?.close(CLOSE_GRACE_MS);
      storeNode?.release(node);
      await brokerNode.release(node);
      await givenUp.tell();
    },
  };
}

function letterAlready({ topic }: WireMessage): GridwireError {
  const text = `The message on ${topic} is a dead letter already. Give this node a store, and letters are taken in there for event replay to repair.`;
  return new GridwireError('NOT_SUPPORTED', text, { details: { topic } });
}
