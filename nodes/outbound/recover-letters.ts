import type { NodeAPI } from 'node-red';
import { recover, type RecoveryPlan, type RecoveryProgress } from '../../src/delivery/history/recovery.js';
import { GridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import type { DeadLetterStore } from '../../src/store/dead-letter-store.js';
import { memoriesOf } from '../runtime/memories.js';

/** As `recover`, and sends nothing of a subject that is erased from the store after its letters were read. */
export async function recoverLetters(
  RED: NodeAPI,
  storeId: string,
  letters: DeadLetterStore,
  plan: RecoveryPlan,
  onProgress?: (progress: RecoveryProgress) => void,
  signal?: AbortSignal,
): Promise<RecoveryProgress> {
  const erased: ((message: WireMessage) => boolean)[] = [];
  const memory = {
    erase: (names: (message: WireMessage) => boolean): number => {
      erased.push(names);
      return 0;
    },
  };
  const publish: RecoveryPlan['publish'] = async (message, letter) => {
    if (erased.some((names) => names(letter.message) || names(message))) throw erasedError(message.topic);
    await plan.publish(message, letter);
  };
  memoriesOf(RED).set(memory, storeId);
  try {
    return await recover(letters, { ...plan, publish }, onProgress, signal);
  } finally {
    memoriesOf(RED).delete(memory);
  }
}

/** Permanent: there is nothing left to be tried again. */
function erasedError(topic: string): GridwireError {
  const text = `The letter for ${topic} was erased from the store before it was sent.`;
  return new GridwireError('OUTBOX_DROPPED', text, { fault: 'permanent' });
}
