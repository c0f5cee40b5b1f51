import { assertWhole, leftOut, type RecoveryPlan } from '../../src/delivery/history/recovery.js';
import { toGridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import type { DeadLetter, DeadLetterStore } from '../../src/store/dead-letter-store.js';
import type { LetterPatch } from '../outbound/letter-patch.js';
import { readable } from '../runtime/messages.js';

/** Letters shown before and after, and letters tried at most: a person waits for the answer. */
const SHOWN = 10;
const TRIED = 1_000;
const SHOWN_BYTES = 2_000;

interface Preview {
  /** Of how many letters in all. */
  total: number;
  tried: number;
  wouldPass: number;
  /** Why the others would not, most frequent first. */
  problems: { reason: string; count: number }[];
  first: { id: number; topic: string; before: object; after?: object; problem?: string }[];
}

/** What a repair leaves out, and whether it changes anything. */
type PreviewRules = Pick<RecoveryPlan, 'isCommand' | 'commands'> & { isChange: boolean };

/** What a repair of many letters would do. Nothing is sent, and nothing is written. */
export async function preview(
  letters: DeadLetterStore,
  query: RecoveryPlan['query'],
  make: LetterPatch,
  validate: (message: WireMessage) => void,
  rules: PreviewRules,
): Promise<Preview> {
  const open = { ...query, states: ['waiting', 'recovering'] as const };
  const problems = new Map<string, number>();
  const shown: Preview['first'] = [];
  let tried = 0;
  let wouldPass = 0;
  for (const letter of await letters.list(open, 0, TRIED)) {
    tried += 1;
    const { after, problem } = await outcome(letter, make, validate, rules);
    if (problem === undefined) wouldPass += 1;
    else problems.set(problem, (problems.get(problem) ?? 0) + 1);
    if (shown.length < SHOWN) {
      shown.push({
        ...{
          id: letter.id,
          topic: letter.message.topic,
          before: bodyShown(letter.message.body, SHOWN_BYTES),
        },
        ...(after === undefined ? {} : { after: bodyShown(after.body, SHOWN_BYTES) }),
        ...(problem === undefined ? {} : { problem }),
      });
    }
  }
  return {
    total: await letters.count(open),
    tried,
    wouldPass,
    problems: [...problems]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, SHOWN),
    first: shown,
  };
}

const LEFT_OUT = {
  expired: 'It has expired and must not be delivered any more.',
  commands: 'It is a command: name its type to send it again.',
};

async function outcome(
  letter: DeadLetter,
  make: LetterPatch,
  validate: (message: WireMessage) => void,
  rules: PreviewRules,
): Promise<{ after?: WireMessage; problem?: string }> {
  const reason = leftOut(letter, rules);
  if (reason !== undefined) return { problem: LEFT_OUT[reason] };
  let after: WireMessage | undefined;
  try {
    assertWhole(letter, rules.isChange);
    after = await make(letter);
    validate(after);
    return { after };
  } catch (error) {
    return { ...(after === undefined ? {} : { after }), problem: toGridwireError(error).message };
  }
}

/** A body as a page shows it: text where it is text, else hexadecimal digits. */
export function bodyShown(body: Uint8Array, most = Infinity): { text: string } | { hex: string } {
  const shown = readable(body.subarray(0, most));
  return typeof shown === 'string' ? { text: shown } : { hex: shown.toString('hex') };
}
