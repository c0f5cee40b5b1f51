import { Contract } from '../../contracts/contract.js';
import { contracts } from '../../contracts/library/built-in.js';
import type { WireMessage } from '../../event.js';
import { readFailure } from './headers/dialects.js';

/** How topics are named on which letters lie, or wait for another attempt: by a whole part of the name. */
const LETTERS =
  /^(?:dlq|dlt|dead[-_]?letters?)(?:[-_]|$)|(?:^|[-_])(?:dlq|dlt|dead[-_]?letters?|retry)(?:[-_]?\d+)?$/i;

/**
 * What the failure headers of a message say, if they may be believed: whoever sends an event can write them too, and
 * would choose where it goes when it is repaired. They count only on topics that hold letters. A topic of an event type
 * is none, whatever a device has put into its parameters.
 * @param contract of the flow; the built-in ones count in any case
 */
export function trustedFailure(
  { topic, headers }: Pick<WireMessage, 'topic' | 'headers'>,
  contract: Contract | undefined,
): ReturnType<typeof readFailure> {
  const failure = readFailure(headers);
  return failure !== undefined && holdsLetters(topic, contract) ? failure : undefined;
}

function holdsLetters(topic: string, contract: Contract | undefined): boolean {
  const name = topic.replaceAll('.', '/');
  if (!name.split('/').some((part) => LETTERS.test(part))) return false;
  builtIn ??= everyContract();
  const known = contract === undefined ? builtIn : [contract, ...builtIn];
  return !known.some(({ types }) => types.some((type) => type.topic.fits(topic) || type.topic.fits(name)));
}

let builtIn: Contract[] | undefined;

function everyContract(): Contract[] {
  return Object.values(contracts).flatMap((data) =>
    ['documented', ...Object.keys(data.dialects)].map((dialect) => new Contract(data, { dialect })),
  );
}
