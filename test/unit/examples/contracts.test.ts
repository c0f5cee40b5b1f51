import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { Contract } from '../../../src/contracts/contract.js';
import { filterMatches } from '../../../src/brokers/topic-filter.js';

interface ExampleNode {
  id: string;
  type: string;
  name?: string;
  contract?: string;
  dialect?: string;
  eventType?: string;
  filter?: string;
  payload?: string;
  props?: { p: string; v?: string; vt?: string }[];
  wires?: string[][];
}

describe('examples of the five systems', () => {
  for (const [name, data] of Object.entries(contracts)) {
    const file = path.resolve(__dirname, '../../../examples', `${name}.json`);
    const nodes = JSON.parse(readFileSync(file, 'utf8')) as ExampleNode[];
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const contract = new Contract(data);
    const filters = nodes
      .filter(({ type }) => type === 'gridwire-subscribe')
      .map(({ eventType = '', filter = '' }) =>
        eventType === '' ? filter : contract.type(eventType).topic.filter(),
      );

    const publishes = ({ type, wires }: ExampleNode): boolean =>
      type === 'inject' && byId.get(wires?.[0]?.[0] ?? '')?.type === 'gridwire-publish';
    for (const inject of nodes.filter(publishes)) {
      it(`${name}: "${inject.name ?? ''}" builds an event that arrives`, () => {
        const publish = byId.get(inject.wires?.[0]?.[0] ?? '');
        assert.equal(publish?.contract, name);
        const property = (wanted: string): unknown => {
          const found = inject.props?.find(({ p }) => p === wanted);
          return found?.v === undefined ? {} : JSON.parse(found.v);
        };
        const event = contract.build(publish.eventType ?? '', {
          payload: JSON.parse(inject.payload ?? ''),
          parameters: property('parameters') as Record<string, string>,
          members: property('members') as Record<string, unknown>,
        });
        assert.ok(
          filters.some((filter) => filterMatches(filter, event.topic)),
          event.topic,
        );
      });
    }

    it(`${name}: every wire leads somewhere`, () => {
      for (const node of nodes) {
        for (const id of (node.wires ?? []).flat()) assert.ok(byId.has(id), `${node.id} -> ${id}`);
      }
    });
  }
});
