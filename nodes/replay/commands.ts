import { contracts } from '../../src/contracts/library/built-in.js';
import { Contract } from '../../src/contracts/contract.js';
import type { CommandTest } from '../../src/delivery/history/replay-plan.js';

/**
 * @param contract the node's contract; without one, the command types of all built-in contracts count, because a
 *   command replayed by mistake is worse than an event left out
 */
export function commandTest(contract: Contract | undefined): CommandTest {
  const known = contract ? [contract] : Object.values(contracts).map((data) => new Contract(data));
  const commands = known.flatMap(({ types }) => types.filter(({ data }) => data.role === 'command'));
  const names = new Set(commands.map(({ name }) => name));
  return ({ type, topic }) =>
    type === undefined ? commands.some((command) => command.topic.fits(topic)) : names.has(type);
}
