import type { Contract } from '../../src/contracts/contract.js';
import type { About } from '../../src/observe/facts/facts.js';
import type { Outputs } from './flow-run.js';

/** What kind of event messages were made of, where they were made by this contract. */
export function kindOf(messages: readonly Outputs[], contract: Contract | undefined): About | undefined {
  const event = messages[0]?.find((each) => each !== null)?.event;
  if (event === undefined || contract === undefined || event.contract !== contract.name) return undefined;
  return contract.type(event.type).about;
}
