import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { HeaderValue, Key, WireMessage } from '../../src/event.js';
import { type HeaderPair, headerPairs, headersOfPairs } from '../../src/header-order.js';

/** Texts that somebody has sent: other alphabets, control characters, halves of characters, what JavaScript itself uses. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\r\n\tb',
    '100 %',
    '%0A',
    '\ufeffx',
    '\ufffe',
    'é',
    'e\u0301',
    '\ud800x',
  ),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.constantFrom(Buffer.from([0xff, 0xfe]), Buffer.from([0xc3]), Buffer.from([0, 0, 0, 42])),
);

const NAMES = ['a', 'b', '10', '2', '', '__proto__', 'constructor', 'content-type', 'gridwire-expires-at'];
const OWN_NAMES = ['gridwire-key', 'gridwire-encoding', '%67ridwire-key', 'gridwire-header'];
const header: fc.Arbitrary<HeaderPair> = fc.tuple(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 1, arbitrary: fc.constantFrom(...OWN_NAMES) },
    { weight: 2, arbitrary: text },
  ),
  fc.oneof<fc.Arbitrary<HeaderValue>[]>(text, bytes, fc.constant(null)),
);

/** Bodies that a reader of JSON would change: many digits, exponents, blanks, keys twice; and no JSON at all. */
const DOCUMENTS = [
  '{"n":9007199254740993,"d":0.1000000000000000055511151231257827,"e":1E400,"m":-0,"z":1.0}',
  '{ "a" : 1,\r\n"a" : 2 }',
  '{"t":[2026,11,29,9,53,56,999999999],"s":"0001-01-01T00:00:00Z"}',
  '{"__proto__":{"x":1},"\\u0000":"\\ud800"}',
  '[[9007199254740991,[9007199254740992,-9007199254740993]],{"ns":1732900000123456789}]',
  '{"\\ud83d":"\\ud83d\\ude00","":{"":[]},"a":1,"\\u0061":2}',
  '\ufeff{"bom":true}',
  '[-0,-0.0,0e-400,1e-400,1.7976931348623157e308]',
  '45.2',
  'null',
  ' ',
];
const WIDE = ['{"utf":16}', 'é'].map((text) => Buffer.from(`\ufeff${text}`, 'utf16le'));
/** With every byte there is, and as long as a batch takes; rare, because all ends have to carry it. */
const LONG = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
const body = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...DOCUMENTS).map((document) => Buffer.from(document)) },
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 64 }).map((given) => Buffer.from(given)) },
  { weight: 8, arbitrary: fc.constant(Buffer.alloc(0)) },
  { weight: 2, arbitrary: fc.constantFrom(...WIDE) },
  { weight: 1, arbitrary: fc.nat(LONG.length).map((length) => LONG.subarray(0, length)) },
);

/** Where answers go; with a wildcard none can. */
const address = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('answers/a', '/', 'é', ' ') },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom('a/+/b', '#', ''), text) },
);

/** Any message that a system may send, and many that none should. */
const message = (topic: string): fc.Arbitrary<WireMessage> =>
  fc
    .record({
      body,
      isTombstone: fc.boolean(),
      key: fc.option<Key, undefined>(fc.oneof(text, bytes), { nil: undefined, freq: 2 }),
      headers: fc.array(header, { maxLength: 6 }),
      contentType: fc.option(
        fc.oneof(fc.constantFrom('application/json', 'text/plain; charset=utf-8', ''), text),
        { nil: undefined, freq: 2 },
      ),
      responseTopic: fc.option(address, { nil: undefined, freq: 2 }),
      correlationData: fc.option(bytes, { nil: undefined, freq: 2 }),
      expiresAt: fc.option(fc.integer({ min: 4_000_000_000_000, max: 5_000_000_000_000 }), {
        nil: undefined,
        freq: 5,
      }),
    })
    .map(({ body: given, isTombstone, key, headers, ...rest }) => ({
      ...{ topic, body: given, qos: 1, retain: false },
      ...headersOfPairs(headers),
      ...(key === undefined ? {} : { key }),
      ...(isTombstone && given.length === 0 ? { tombstone: true as const } : {}),
      ...(present(rest) as Partial<WireMessage>),
    }));

function present(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** How many messages a property test takes, and by which seed, unless the environment asks for others. */
export const FIDELITY = {
  count: (otherwise: number): number => Number(process.env['GRIDWIRE_FIDELITY_COUNT'] ?? otherwise),
  seed: Number(process.env['GRIDWIRE_FIDELITY_SEED'] ?? 20_261_129),
};

/** The same for the same seed. */
export function randomMessages(
  topic: string,
  { count, seed }: { count: number; seed: number },
): WireMessage[] {
  return fc.sample(message(topic), { numRuns: count, seed });
}

/** What a message carries, in a form in which two of them can be compared to the byte. */
export interface Carried {
  body: string;
  key: string | undefined;
  headers: string[];
  tombstone: boolean;
  contentType: string | undefined;
  request: string | undefined;
  expires: boolean;
}

/** @param without names of headers that were added on the way */
export function carried(message: WireMessage, without: readonly string[] = []): Carried {
  return {
    body: hex(message.body),
    key: message.key === undefined ? undefined : hex(message.key),
    headers: headerPairs(message)
      .filter(([name]) => !without.includes(name))
      .map(([name, value]) => `${JSON.stringify(name)}: ${value === null ? 'none' : hex(value)}`),
    tombstone: message.tombstone === true,
    contentType: message.contentType,
    request: requestOf(message),
    expires: message.expiresAt !== undefined,
  };
}

/** What must reach a reader in any case, now, does not expire. */
export function lasting(message: Carried): Carried {
  return { ...message, expires: false };
}

/**
 * @param what names the end where they were found
 * @param without names of headers that were added on the way
 */
export function assertCarried(
  what: string,
  messages: readonly WireMessage[],
  expected: readonly Carried[],
  without: readonly string[] = [],
): void {
  assert.equal(messages.length, expected.length, what);
  for (const [index, message] of messages.entries())
    assert.deepEqual(carried(message, without), expected[index], `${what}: message ${index}`);
}

/** Where an answer is expected, and what it has to bring. */
function requestOf({ responseTopic, correlationData }: WireMessage): string | undefined {
  if (responseTopic === undefined && correlationData === undefined) return undefined;
  return JSON.stringify([responseTopic, correlationData && hex(correlationData)]);
}

function hex(value: string | Uint8Array): string {
  return Buffer.from(value as Uint8Array).toString('hex');
}
