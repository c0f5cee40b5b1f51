import { createHash } from 'node:crypto';
import type { Node, NodeAPI } from 'node-red';
import type { Broker } from '../../src/brokers/broker.js';
import type { Contract } from '../../src/contracts/contract.js';
import { letterCommandTest } from '../../src/delivery/history/command-test.js';
import { leftOut } from '../../src/delivery/history/recovery.js';
import { REPLAY_MARK } from '../../src/delivery/history/replay-plan.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { JsonObject } from '../../src/event.js';
import type { Place } from '../../src/observe/facts/facts.js';
import { KEPT_BYTES, type KeptEvent } from '../../src/stream/live-view.js';
import { contractSetting } from '../fields/contract-setting.js';
import { assertRepaired } from '../outbound/letter-patch.js';
import { sentAgain } from '../outbound/sent-again.js';
import type { BrokerNode } from '../runtime/broker-node.js';
import { configOf } from '../runtime/deployed.js';
import { Settings } from '../runtime/settings.js';
import { storeSetting, type UsableStoreNode } from '../runtime/store-node.js';

/** Where an event passed: the same way it goes again. */
interface Way {
  broker: Broker;
  contract: Contract | undefined;
  /** Of the node, if it has one: whoever looks there finds what was done with its events. */
  store: UsableStoreNode | undefined;
}

/** Who does it, by which right. */
export interface By {
  actor: string;
  right: string;
}

/**
 * Publishes an event that passed again, where it came from or went to, and writes down how that ended. Like what is
 * replayed it is marked, and not retained, so that it does not take the place of what is newer.
 * @param commands types that may be sent although they make devices act
 * @param tell what the audit log is told, when it has ended
 * @throws GridwireError why it was not published
 */
export async function publishAgain(
  RED: NodeAPI,
  event: KeptEvent,
  commands: readonly string[],
  { actor, right }: By,
  tell: (details: JsonObject) => void,
): Promise<void> {
  const { place, about, at, message } = event;
  const way = wayOf(RED, place);
  // Topic and body may name a person, and an audit log is not erased.
  const details = {
    ...{ node: place.node, broker: place.broker ?? '', right },
    ...(about === undefined ? {} : { contract: about.contract, type: about.type }),
    ...(commands.length === 0 ? {} : { commands: [...commands] }),
    bodyDigest: createHash('sha256').update(message.body).digest('hex'),
  };
  const note = async (outcome: string): Promise<void> => {
    tell({ ...details, outcome });
    const store = await way.store?.connection.access();
    await store?.audit.add({
      at: Date.now(),
      actor,
      action: 'republish',
      details: { ...details, outcome },
    });
  };
  // What happened has happened, whether the store can be told or not.
  const noted = (outcome: string): Promise<void> =>
    note(outcome).catch((error: unknown) => RED.log.warn(`[gridwire] ${toGridwireError(error).message}`));
  try {
    assertMayGo(event, way, commands);
    const headers = { ...message.headers, [REPLAY_MARK]: `live:${new Date(at).toISOString()}` };
    const again = { ...message, retain: false, headers };
    await sentAgain(RED, place, way.contract, again, () => way.broker.publish(again));
  } catch (thrown) {
    const error = toGridwireError(thrown);
    await noted(`not sent: ${error.code}`);
    throw error;
  }
  await noted('sent');
}

/** The rules by which letters are sent again. @throws GridwireError */
function assertMayGo(
  { message, about, isWhole }: KeptEvent,
  { contract }: Way,
  commands: readonly string[],
): void {
  if (!isWhole) {
    const text = `Only the first ${KEPT_BYTES} bytes of it are kept here. Replay it from a mirror instead.`;
    throw new GridwireError('NOT_SUPPORTED', text);
  }
  const kind = about === undefined ? {} : { contract: about.contract, type: about.type };
  const reason = leftOut({ message, ...kind }, { isCommand: letterCommandTest(contract), commands });
  if (reason === 'expired') {
    throw new GridwireError('EVENT_EXPIRED', 'It has expired, and must not be delivered any more.');
  }
  if (reason === 'commands') {
    const name = about?.type ?? message.topic;
    const text = `It would make a device act again. To publish it all the same, name it among the commands: ${name}`;
    throw new GridwireError('REPLAY_REFUSED', text, { details: { types: [name] } });
  }
  assertRepaired(message, contract);
}

/** @throws GridwireError `SETTING_INVALID` where node or broker are not there any more */
function wayOf(RED: NodeAPI, { id = '', brokerId = '' }: Place): Way {
  const node = RED.nodes.getNode(id) as Node | null;
  const brokerNode = RED.nodes.getNode(brokerId) as BrokerNode | null;
  const config = node === null ? undefined : configOf(RED, node);
  if (node === null || config === undefined || brokerNode?.broker === undefined) {
    throw new GridwireError(
      'SETTING_INVALID',
      'The node at which it passed, or its broker, is not deployed any more.',
    );
  }
  const settings = new Settings(RED, node, config);
  const contract = contractSetting(settings, brokerNode.topicPrefix);
  const store = settings.text('store') === '' ? undefined : storeSetting(settings);
  settings.finish();
  return { broker: brokerNode.broker, contract, store };
}
