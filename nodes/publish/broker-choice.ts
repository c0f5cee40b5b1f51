import { GridwireError } from '../../src/errors.js';
import { type UsableBrokerNode, brokerSetting } from '../runtime/broker-node.js';
import type { GridwireMessage } from '../runtime/messages.js';
import type { Settings } from '../runtime/settings.js';

/** The panel's fields for brokers: the default one, and those that a message may choose instead. */
const FIELDS = ['broker', 'broker2', 'broker3', 'broker4'] as const;

/** The brokers that a node may publish to (fields `broker`, `broker2` to `broker4`); the first is the default. */
export function brokerSettings(settings: Settings): UsableBrokerNode[] {
  const chosen = FIELDS.filter((field) => field === 'broker' || settings.text(field) !== '');
  const nodes = chosen.flatMap((field) => {
    const node = brokerSetting(settings, field);
    if (node === undefined) return [];
    if (field !== 'broker' && (node.name ?? '') === '')
      settings.fault(field, 'the broker needs a name, by which messages choose it.');
    return [node];
  });
  const names = nodes.map(({ name }) => name ?? '');
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) settings.fault('broker', `two of the brokers are named "${twice}".`);
  return nodes;
}

/** The names among which a message chooses. */
const nameOf = ({ name, id }: UsableBrokerNode): string => (name !== undefined && name !== '' ? name : id);

/**
 * The destination that a message names by `msg.broker`, among those of the settings; the first for a message that
 * names none.
 * @throws GridwireError `BROKER_NOT_CONFIGURED` for a name that the settings do not allow
 */
export function chosenBroker<T extends { brokerNode: UsableBrokerNode }>(
  destinations: readonly T[],
  message: GridwireMessage,
): T {
  const wanted = message['broker'];
  const [first] = destinations;
  const found =
    wanted === undefined || wanted === null || wanted === ''
      ? first
      : destinations.find(({ brokerNode }) => nameOf(brokerNode) === wanted);
  if (found !== undefined) return found;
  const known = destinations.map(({ brokerNode }) => nameOf(brokerNode));
  const found80 = (typeof wanted === 'string' ? wanted : typeof wanted).slice(0, 80);
  throw new GridwireError(
    'BROKER_NOT_CONFIGURED',
    `msg.broker names ${JSON.stringify(found80)}, but this node may publish to ${known.join(', ')}. Add the broker in the panel.`,
    { details: { wanted: found80, known } },
  );
}
