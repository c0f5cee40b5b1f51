import { Contract } from '../../contracts/contract.js';
import { contracts } from '../../contracts/library/built-in.js';

/** Whether an event makes devices act: by its type where that is known, else by its topic. */
export type CommandTest = (event: { contract?: string; type?: string; topic: string }) => boolean;

/**
 * @param contract the node's contract; without one, the command types of all built-in contracts count, because a
 *   command sent again by mistake is worse than an event left out
 */
export function commandTest(contract: Contract | undefined): CommandTest {
  const builtIn = (): Contract[] => Object.values(contracts).map((data) => new Contract(data));
  const commands = (contract ? [contract] : builtIn()).flatMap(commandTypes);
  const names = new Set(commands.map(({ name }) => name));
  return (event) => {
    const { type, topic } = event;
    return type === undefined ? commands.some((command) => command.topic.fits(topic)) : names.has(type);
  };
}

/**
 * The same for letters, which may be of another contract than the node's that sends them back: theirs counts as well,
 * and so does the topic of one whose type is known.
 */
export function letterCommandTest(contract: Contract | undefined): CommandTest {
  const own = commandTest(contract);
  const any = commandTest(undefined);
  return (event) => own(event) || own({ topic: event.topic }) || any(event) || any({ topic: event.topic });
}

function commandTypes({ types }: Contract): Contract['types'][number][] {
  return types.filter(({ data }) => data.role === 'command');
}
