import { type FactName, facts } from '../../src/observe/facts/facts.js';

/** One fact of each kind, so that each metric has a series. */
export function tellEveryFact(): void {
  const place = { node: 'n', broker: 'b', system: 'mqtt' };
  const about = { contract: 'taylordash', type: 't', wireName: 't', template: 'a/{b}' };
  const told = {
    place,
    about,
    way: 'out',
    rule: 'type',
    count: 1,
    seconds: 1,
    age: 1,
    rows: 1,
    kind: 'sqlite',
    converged: true,
    iterations: 4,
  };
  for (const name of Object.keys(facts) as FactName[])
    facts[name].tell({ ...told, code: 'FLOW_FAILED' } as never);
  // These are told without a code where all went well.
  for (const name of ['processed', 'written', 'reading'] as const) facts[name].tell(told);
}
