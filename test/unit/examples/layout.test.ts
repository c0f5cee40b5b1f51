import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Placed {
  id: string;
  type: string;
  name?: string;
  x?: number;
  y?: number;
}

const FOLDER = path.resolve(__dirname, '../../../examples');

/** About as wide as the editor draws a node, which is centred on its place; groups are placed by their corner. */
function leftEdge({ type, name = '', x = 0 }: Placed): number {
  if (type === 'group') return x;
  const label = name === '' ? type : name;
  return x - Math.max(100, 50 + 7 * label.length) / 2;
}

describe('examples on the canvas', () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
    it(`${file}: every node can be seen`, () => {
      const nodes = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Placed[];
      const hidden = nodes.filter(
        (node) => node.x !== undefined && (leftEdge(node) < 0 || (node.y ?? 0) < 20),
      );
      assert.deepEqual(
        hidden.map(({ type, name, x, y }) => `${type} ${name ?? ''} at ${x ?? 0}, ${y ?? 0}`),
        [],
      );
    });

    it(`${file}: no two nodes have one ID`, () => {
      const ids = (JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Placed[]).map(({ id }) => id);
      assert.deepEqual(
        ids.filter((id, index) => ids.indexOf(id) !== index),
        [],
      );
    });
  }
});
