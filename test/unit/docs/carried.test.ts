import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { NOT_CARRIED, PARTS } from '../../support/carried-parts.js';
import type { Carried } from '../../support/random-messages.js';

/** The page, the heading and the column of each broker's table. */
const TABLES: Record<string, [page: string, heading: string, column: number]> = {
  memory: ['brokers.md', '### What memory carries', 1],
  'MQTT 3.1.1': ['brokers.md', '### What MQTT carries', 1],
  'MQTT 5': ['brokers.md', '### What MQTT carries', 2],
  Kafka: ['kafka.md', '## What Kafka carries', 1],
};

describe('The tables of what brokers carry', () => {
  for (const [broker, [page, heading, column]] of Object.entries(TABLES)) {
    it(`say of each part what random messages show of ${broker}`, () => {
      const text = readFileSync(path.join(__dirname, '../../../docs', page), 'utf8');
      const [table = ''] = text.slice(text.indexOf(`${heading}\n`) + heading.length).split(/\n#+ /, 1);
      const rows = new Map(
        table
          .split('\n')
          .filter((line) => line.startsWith('|'))
          .map((line) => line.split(/\s*\|\s*/).slice(1))
          .map((cells) => [cells[0], cells[column] ?? '']),
      );
      for (const [part, name] of Object.entries(PARTS) as [keyof Carried, string][]) {
        const said = rows.get(name);
        assert.ok(said !== undefined && said !== '', `no row for ${name}`);
        const isCarried = !/^(not carried|an empty body)/.test(said);
        assert.equal(isCarried, !Object.hasOwn(NOT_CARRIED[broker] ?? {}, part), `${name}: ${said}`);
      }
      assert.ok(rows.has('retained value'));
    });
  }
});
