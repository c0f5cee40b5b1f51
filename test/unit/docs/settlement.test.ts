import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scenarios } from '../../flow/flow-completion/scenarios/index.js';
import type { Scenario } from '../../flow/flow-completion/scenarios/scenario.js';

const text = readFileSync(path.resolve(__dirname, '../../../docs/settlement.md'), 'utf8');
const VERDICTS = ['exact', 'timeout', 'early'];

/** The rows of the table of nodes: what it says of each. */
function documented(): Map<string, string> {
  const cells = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    cells.flatMap(([, row, verdict]) =>
      row !== undefined && verdict !== undefined && VERDICTS.includes(verdict)
        ? [[row, verdict] as const]
        : [],
    ),
  );
}

/** The same from the scenarios that the flow tests hold. */
function tested(): Map<string, string> {
  const rows = new Map<string, Scenario[]>();
  for (const scenario of scenarios) rows.set(scenario.row, [...(rows.get(scenario.row) ?? []), scenario]);
  return new Map([...rows].map(([row, held]) => [row, verdict(held)]));
}

function verdict(held: Scenario[]): string {
  if (held.some(({ late }) => late !== undefined)) return 'early';
  return held.some(({ expect }) => [expect].flat().includes('timeout')) ? 'timeout' : 'exact';
}

describe('docs/settlement.md', () => {
  it('says of every node what its tests hold, and of no other', () => {
    const byRow = (one: [string, string], other: [string, string]) => one[0].localeCompare(other[0]);
    assert.deepEqual([...documented()].sort(byRow), [...tested()].sort(byRow));
  });
});
