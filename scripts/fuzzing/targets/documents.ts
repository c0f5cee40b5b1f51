import { readBrokersFile } from '../../../src/brokers/brokers-file.js';
import { readAsyncApi } from '../../../src/contracts/asyncapi/import.js';
import { parseYaml } from '../../../src/contracts/json/yaml.js';
import { writtenSchema } from '../../../src/contracts/written-schema.js';
import type { Json, JsonObject } from '../../../src/event.js';
import { readAndSolve } from '../../../src/grid/studies/network-file.js';
import { checkDevices, parseDeviceFile } from '../../../src/telemetry/device-table.js';
import { evaluateExpression } from '../../../src/untrusted/expressions.js';
import { example } from '../../../test/support/pandapower-example.js';
import type { Chance } from '../generator.js';
import { pure, refusable } from '../target.js';

const ASYNCAPI = `
asyncapi: 3.0.0
info: { title: Plant, version: 1.0.0 }
channels:
  c:
    address: 'plants/{id}'
    parameters: { id: { enum: [a, b] } }
    messages: { power: { payload: { type: object, required: [kw], properties: { kw: { $ref: '#/components/schemas/n' } } } } }
operations: { send: { action: send, channel: { $ref: '#/channels/c' }, bindings: { mqtt: { qos: 1, retain: true } } } }
components: { schemas: { n: { type: number, multipleOf: 0.1, minimum: 0 } } }
`;
const BROKERS = `
brokers:
  main: { class: celine.dt.core.broker.mqtt:MqttBroker, enabled: true, config: { host: "\${MQTT_HOST:-localhost}", port: 1883, keepalive: 60, use_tls: false } }
default_broker: main
`;
const MATPOWER = `function mpc = two
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [1 3 0 0 0 0 1 1 0 110 1 1.1 0.9; 2 1 40 10 0 0 1 0.99 -2 110 1 1.1 0.9];
mpc.gen = [1 0 0 10 -10 1.02 100 1];
mpc.branch = [1 2 0.01 0.05 0 50 0 0 0 0 1];
mpc.bus(2, 3) = 41; % load
`;
const CSV = 'serialNumber,id,type,site,name\nSN-1,1,ev-charger,1,"a ""b"""\nSN-2,2,battery,2,x\n';
const PANDAPOWER = example();

/** How each file is read, and one that is right. */
const FILES: [good: string, read: (text: string) => unknown][] = [
  [ASYNCAPI, readAsyncApi],
  [ASYNCAPI, parseYaml],
  [BROKERS, (text) => readBrokersFile(text, () => undefined, 'empty')],
  [BROKERS, parseYaml],
  [MATPOWER, (text) => readAndSolve(text, 'auto')],
  [PANDAPOWER, (text) => readAndSolve(text, 'auto')],
  [CSV, (text) => checkDevices(parseDeviceFile(text))],
];

function spoiledFile(chance: Chance, good: string): string {
  if (good.startsWith('{') && chance.is(0.5))
    return JSON.stringify(chance.changed(JSON.parse(good) as Json, 0.03));
  return chance.is(0.02) ? chance.text(2_000) : chance.changedText(good);
}

export const files = pure(
  'files',
  'a file: AsyncAPI, YAML, brokers.yaml, MATPOWER, pandapower, CSV',
  async (chance) => {
    const [good, read] = chance.pick(FILES);
    const text = spoiledFile(chance, good);
    await refusable(() => read(text));
  },
);

const KEYWORDS = [
  ...['properties', 'patternProperties', '$defs', 'dependentSchemas', 'definitions'],
  ...['items', 'not', 'if', 'then', 'else', 'contains', 'additionalProperties', 'propertyNames'],
  ...['allOf', 'anyOf', 'oneOf', 'prefixItems', 'enum', 'required', 'type', 'const', '$ref', '$async'],
  ...['minimum', 'maximum', 'multipleOf', 'minLength', 'uniqueItems', 'maxItems', 'format', 'pattern', '$id'],
];
const PATTERNS = ['^(a+)+$', '(a|a)*b', '[', '\\p{L}+', '(?=x)', 'x{1,999}', '.*.*.*=', '\\'];

function schema(chance: Chance, depth: number): Json {
  if (depth === 0) return chance.pick([true, false, {}, { type: 'string' }, { $ref: '#' }, chance.json(1)]);
  const made: JsonObject = {};
  for (let left = chance.int(1, 4); left > 0; left -= 1) {
    const keyword = chance.pick(KEYWORDS);
    made[keyword] = valueOf(chance, keyword, depth);
  }
  return made;
}

function valueOf(chance: Chance, keyword: string, depth: number): Json {
  const place = KEYWORDS.indexOf(keyword);
  const below = (): Json => schema(chance, depth - 1);
  if (chance.is(0.05)) return chance.json(2);
  if (place < 5)
    return Object.fromEntries([chance.pick(PATTERNS), chance.word(), 'a'].map((name) => [name, below()]));
  if (place < 12) return below();
  if (place < 16) return [below(), below()];
  if (keyword === 'type')
    return chance.pick(['string', 'number', 'object', 'array', 'null', 'integer', ['null']]);
  if (keyword === 'pattern') return chance.pick([...PATTERNS, chance.text(40)]);
  if (keyword === '$ref')
    return chance.pick(['#', '#/$defs/a', '#/properties/a', 'http://x.example/y', chance.text(20)]);
  if (keyword === 'format')
    return chance.pick(['date-time', 'uuid', 'email', 'regex', 'uri', 'time', 'ipv6']);
  if (keyword === 'uniqueItems') return true;
  return chance.pick([chance.json(1), 0.1, 3, -1, ['a', 'b']]);
}

export const schemas = pure(
  'schemas',
  'a file or a user: JSON Schemas, and documents for them',
  async (chance) => {
    const text = chance.is(0.1) ? chance.text(2_000) : JSON.stringify(schema(chance, chance.int(1, 4)));
    await refusable(() => {
      const check = writtenSchema(text);
      return refusable(() => check(chance.json()));
    });
  },
);

const PIECES = [
  ...[
    'payload',
    '$',
    '$$',
    'topic',
    'error.code',
    '$merge([payload, {"a": 1}])',
    '$map(payload.*, function($v){$v})',
  ],
  ...[
    '($f := function($n){$f($n + 1)}; $f(1))',
    '$pad("x", 1e9)',
    '$eval("1+1")',
    '[1..9999999]',
    '$env("HOME")',
  ],
  ...['$globalContext("a")', '$replace(topic, /(a+)+$/, "")', '$string($)', '$clone($)', '1/0', '"\\uD800"'],
  ...[
    '$reduce([1..1000], function($a,$b){$a & $b})',
    '$sift(payload, function($v){true})',
    '**',
    '%',
    '^(a)',
  ],
];
const JOINS = [' + ', ' & ', ' ~> ', '.', '[', ']', '{', '}', '(', ')', ' ? ', ' : ', ', ', ' := ', ''];

export const expressions = pure('expressions', 'a user: JSONata of a repair', async (chance) => {
  const parts = Array.from({ length: chance.int(1, 5) }, () => chance.pick(PIECES) + chance.pick(JOINS));
  const text = chance.is(0.3) ? chance.changedText(parts.join('')) : parts.join('').slice(0, -1);
  await refusable(() => evaluateExpression(text, { payload: chance.json(), topic: 'a'.repeat(30) }));
});
