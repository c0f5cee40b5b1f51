import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import type { ContractData } from './contract-data.js';
import { compileSchema, violationText } from './schemas.js';

const TEXT = { type: 'string' };
/** With placeholders, which are looked for from each brace on. */
const TEMPLATE = { type: 'string', maxLength: BOUNDS.templateCharacters };
const NAME = { type: 'string', minLength: 1 };
const FLAG = { type: 'boolean' };
const TEXTS = { type: 'array', items: TEXT };
const QOS = { enum: [0, 1, 2] };
const POINTER = { type: 'string', pattern: '^(/.*)?$' };
const POINTERS = { type: 'array', items: POINTER };

/** An object with these members and no others, the first `required` of them always. */
function object(required: JsonObject, optional: JsonObject = {}): JsonObject {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

function each(values: Json): JsonObject {
  return { type: 'object', additionalProperties: values };
}

const TITLED = { title: TEXT, description: TEXT };

const ENVELOPE = {
  schema: { type: 'object' },
  payloadMember: TEXT,
  bare: FLAG,
  typeMember: NAME,
  checkPayload: FLAG,
  timePointer: POINTER,
  timeOptional: FLAG,
  idPointer: POINTER,
  correlationPointer: POINTER,
  members: each({ $ref: '#/$defs/member' }),
  order: TEXTS,
  derived: {
    type: 'array',
    items: {
      anyOf: [
        object({ rule: { const: 'product' }, to: NAME, of: POINTERS }),
        object({ rule: { const: 'flatten' }, of: POINTER }),
        object({ rule: { const: 'copy' }, to: NAME, of: POINTER }),
        object({ rule: { const: 'fill' }, of: TEXTS }),
      ],
    },
  },
};

const PARAMETER = object(
  {
    description: TEXT,
    kind: { enum: ['identifier', 'integer', 'mac-address', 'slug', 'snake-case'] },
  },
  { from: POINTERS, default: TEXT, values: TEXTS, anyCase: FLAG, mustAgree: FLAG },
);

const TYPE = object(
  {
    ...TITLED,
    source: TEXT,
    role: { enum: ['telemetry', 'status', 'command', 'event', 'metric'] },
    topic: NAME,
    qos: QOS,
    retain: FLAG,
    payload: { type: 'object' },
    example: true,
  },
  {
    wireName: TEXT,
    parameters: each(PARAMETER),
    derivedParameters: each(TEMPLATE),
    recognisedBy: POINTERS,
    recognisedValues: each({ type: 'array' }),
    publisher: TEXT,
    consumers: TEXTS,
    switch: TEXT,
    liveFirst: FLAG,
    keyPointer: { anyOf: [POINTER, POINTERS] },
    keyParameter: TEXT,
    logHeaders: each(TEXT),
    log: object(
      {},
      { retentionDays: { type: 'number', exclusiveMinimum: 0 }, partitions: { type: 'integer', minimum: 1 } },
    ),
    timeToLive: { type: 'number', exclusiveMinimum: 0 },
    envelope: object({}, ENVELOPE),
    exampleParameters: each(TEXT),
    exampleMembers: { type: 'object' },
  },
);

const ALERT = object(
  { type: NAME, member: POINTER, severity: TEXT },
  { above: { type: 'number' }, below: { type: 'number' }, clearAt: { type: 'number' } },
);

const ROUTE = { becomes: NAME, members: each(TEXT) };

const INGEST = object(
  {
    filter: NAME,
    otherwise: NAME,
    ignored: TEXTS,
    statusType: NAME,
    device: object({ parameter: NAME }, { siteParameter: NAME }),
    status: object(
      { pointer: POINTER },
      {
        reasonPointer: POINTER,
        names: each(TEXT),
        anyCase: FLAG,
        away: object({ status: TEXT, back: TEXT, reason: TEXT }),
      },
    ),
    routes: each(object(ROUTE, { passes: FLAG })),
  },
  { alert: object({ ...ROUTE, severities: TEXTS }, { passes: FLAG }) },
);

/** `ContractData` as a JSON Schema; the two are to be changed together. */
const SHAPE: JsonObject = {
  ...object(
    {
      name: NAME,
      ...TITLED,
      version: TEXT,
      source: TEXT,
      prefix: TEXT,
      envelope: object({ schema: ENVELOPE.schema, payloadMember: TEXT, members: ENVELOPE.members }, ENVELOPE),
      parameters: each(PARAMETER),
      types: each(TYPE),
      deadLetter: object({
        topic: NAME,
        form: { enum: ['original', 'record'] },
        qos: QOS,
        record: object({ originalTopic: NAME, reason: NAME, time: NAME, payload: NAME }),
      }),
      retry: object({
        attempts: { type: 'integer', minimum: 1, maximum: 1000 },
        delay: { type: 'number', minimum: 0, maximum: 86_400_000 },
        factor: { type: 'number', minimum: 1, maximum: 100 },
        maximumDelay: { type: 'number', minimum: 0, maximum: 86_400_000 },
      }),
      timeZone: TEXT,
      dialects: each(object({ ...TITLED, patch: { type: 'object' } })),
    },
    {
      timeFormat: {
        enum: ['utc-milliseconds', 'offset-microseconds', 'naive-microseconds', 'naive-seconds', 'java-list'],
      },
      switches: each(object(TITLED)),
      ingest: INGEST,
      alerts: { type: 'array', items: ALERT },
      alertSets: each(object({ ...TITLED, rules: { type: 'array', items: ALERT } })),
      timeArrays: FLAG,
    },
  ),
  $defs: {
    member: object(
      {},
      {
        value: true,
        template: TEMPLATE,
        from: POINTERS,
        members: each({ $ref: '#/$defs/member' }),
        otherwise: true,
      },
    ),
  },
};

/**
 * Whether a document from outside is a contract, member by member: what has a wrong type would fail at the first event,
 * and what is not known would be ignored.
 * @throws GridwireError `CONTRACT_INVALID` with the places
 */
export function assertContractShape(data: Json): asserts data is Json & ContractData {
  const violations = compileSchema(SHAPE, 'a contract')(data);
  if (violations.length === 0) return;
  throw new GridwireError(
    'CONTRACT_INVALID',
    `The contract cannot be used: ${violationText(violations)}. Correct "x-gridwire" of the document, or leave it out.`,
    { details: { violations } },
  );
}
