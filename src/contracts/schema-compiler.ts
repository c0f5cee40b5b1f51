import Ajv, { type Options } from 'ajv';
import type Core from 'ajv/dist/core.js';
import Ajv2019 from 'ajv/dist/2019.js';
import Ajv2020 from 'ajv/dist/2020.js';
import formats = require('ajv-formats');
import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import { isTimeText } from './time/timestamp.js';

type Draft = '07' | '2019-09' | '2020-12';

const DRAFTS: [pattern: RegExp, draft: Draft][] = [
  [/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/, '07'],
  [/^https?:\/\/json-schema\.org\/draft\/2019-09\/schema#?$/, '2019-09'],
  [/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, '2020-12'],
];

/** One compiler per draft and mode: preparing one costs tens of milliseconds, compiling a schema costs one. */
const compilers = new Map<string, Core>();

/**
 * The compiler for the draft that a schema's `$schema` names; 2020-12 where it names none.
 * @throws GridwireError `CONTRACT_INVALID` for a draft that is not supported
 */
export function compilerFor(schema: JsonObject, allErrors: boolean): Core {
  const draft = draftOf(schema);
  const key = `${draft}/${allErrors}`;
  let compiler = compilers.get(key);
  if (compiler === undefined) {
    compiler = newCompiler(draft, allErrors);
    compilers.set(key, compiler);
  }
  for (const keyword of annotationsIn(schema)) {
    if (compiler.getKeyword(keyword) === false) compiler.addKeyword({ keyword });
  }
  return compiler;
}

function draftOf(schema: JsonObject): Draft {
  const named = schema['$schema'];
  if (named === undefined) return '2020-12';
  const draft = DRAFTS.find(([pattern]) => typeof named === 'string' && pattern.test(named))?.[1];
  if (draft !== undefined) return draft;
  throw new GridwireError(
    'CONTRACT_INVALID',
    `"$schema" is ${JSON.stringify(named).slice(0, 120)}; supported are the JSON Schema drafts 07, 2019-09 and 2020-12.`,
  );
}

/** Unknown keywords are refused, because `requried` would otherwise check nothing. */
function newCompiler(draft: Draft, allErrors: boolean): Core {
  const options = {
    allErrors,
    strictSchema: true,
    strictTypes: false,
    strictTuples: false,
    ownProperties: true,
  };
  const Compiler: new (options: Options) => Core = { '07': Ajv, '2019-09': Ajv2019, '2020-12': Ajv2020 }[
    draft
  ];
  const compiler = new Compiler(options);
  formats.default(compiler);
  compiler.addFormat('timestamp', { type: 'string', validate: isTimeText });
  return compiler;
}

/** Keywords beginning with `x-` are annotations by convention: `x-unit`, `x-kind`, `x-sign` and those of users. */
function annotationsIn(schema: Json, found = new Set<string>()): Set<string> {
  if (schema === null || typeof schema !== 'object') return found;
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-')) found.add(key);
    annotationsIn(value, found);
  }
  return found;
}
