import type { Contract } from '../../src/contracts/contract.js';
import { atPointer } from '../../src/contracts/json/pointer.js';
import type { InboundMessage } from '../../src/event.js';
import type { InboundOptions } from '../inbound/inbound-source.js';
import type { Settings } from '../runtime/settings.js';
import type { SettlementSettings } from '../fields/settlement-settings.js';
import type { MessageReader } from './message-reader.js';

/** Ids that are remembered at most, whatever their age. */
const MOST_IDS = 1_000_000;
const HOUR = 3_600_000;

/** How repetitions are recognised (fields `removeDuplicates`, `duplicateHours`); undefined where they are let through. */
export function duplicateSetting(
  settings: Settings,
  reader: MessageReader,
  { store, mode }: SettlementSettings,
): InboundOptions['duplicates'] {
  const { contract } = reader;
  const hours = settings.integer('duplicateHours', { minimum: 1, maximum: 8_760, otherwise: 24 });
  if (!settings.flag('removeDuplicates', false)) return undefined;
  const has = contract?.types.some(({ envelope }) => envelope.idPointer !== undefined) === true;
  if (contract === undefined || !has)
    settings.fault('removeDuplicates', 'needs a contract whose events carry an id.');
  if (store === undefined) settings.fault('removeDuplicates', 'needs a store to remember ids in.');
  if (mode === 'receipt')
    settings.fault(
      'removeDuplicates',
      'needs a settlement after the flow; on receipt nothing is remembered.',
    );
  if (contract === undefined || settings.hasFaults) return undefined;
  return {
    idOf: (message) => idOf(contract, reader, message),
    window: { count: MOST_IDS, age: hours * HOUR },
  };
}

/** The event's id; undefined for a message that the contract refuses or that has none, which is never a duplicate. */
function idOf(contract: Contract, reader: MessageReader, message: InboundMessage): string | undefined {
  try {
    const event = contract.parse(reader.open(message).inner);
    const { idPointer } = contract.type(event.type).envelope;
    const id = idPointer === undefined ? undefined : atPointer(event.envelope, idPointer);
    return typeof id === 'string' || typeof id === 'number' ? `${event.type} ${id}` : undefined;
  } catch {
    return undefined;
  }
}
