import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_AREAS } from '../../scripts/errors/advice.js';
import { BOUNDS } from '../../src/bounds.js';
import { ERROR_CODES, errorText, GridwireError, toGridwireError } from '../../src/errors.js';

const root = path.resolve(__dirname, '../..');

/** All code but the list of codes itself. */
function sources(): string {
  const files = ['src', 'nodes'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(root, folder, file)),
  );
  return files
    .filter((file) => file !== path.join(root, 'src/errors.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

describe('error codes', () => {
  it('are each explained once in docs/errors.md', () => {
    const explained = Object.values(ERROR_AREAS).flatMap((area) => Object.keys(area));
    assert.deepEqual(explained.sort(), [...ERROR_CODES].sort());
  });

  it('are each raised somewhere', () => {
    const text = sources();
    const unused = ERROR_CODES.filter((code) => !text.includes(`'${code}'`));
    assert.deepEqual(unused, []);
  });
});

describe('an error', () => {
  it('says in one line of bounded length what is wrong, whatever names and values stand in it', () => {
    const forged = new GridwireError(
      'TOPIC_UNKNOWN',
      'Nothing is known of "a\n30 Nov - [info] all is well\u2028\u202e".',
    );
    assert.equal(forged.message, 'Nothing is known of "a\\u000a30 Nov - [info] all is well\\u2028\\u202e".');
    const long = toGridwireError(new Error(`"${'\ud83d\ude00'.repeat(1_000_000)}"`)).message;
    assert.equal(long.length, BOUNDS.errorCharacters + 1);
  });

  it('is made of whatever was thrown', () => {
    const cycle: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    cycle['self'] = cycle;
    const throws = {
      get message(): string {
        throw new Error('no');
      },
    };
    for (const thrown of [cycle, throws, undefined, null, Symbol('s'), 5n, () => 1])
      assert.equal(typeof errorText(thrown), 'string');
    assert.equal(toGridwireError(cycle).code, 'INTERNAL');
  });
});
