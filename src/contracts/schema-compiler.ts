import Ajv, { type Options, type ValidateFunction } from 'ajv';
import type { RegExpEngine } from 'ajv/dist/types/index.js';
import type Core from 'ajv/dist/core.js';
import Ajv2019 from 'ajv/dist/2019.js';
import Ajv2020 from 'ajv/dist/2020.js';
import formats = require('ajv-formats');
import { GridwireError } from '../errors.js';
import type { JsonObject } from '../event.js';
import { linearPattern } from '../untrusted/linear-pattern.js';
import { countCalls } from './counted-calls.js';
import { countCall } from './schema-steps.js';
import { walkSchema } from './schema-walk.js';
import { countSeldom } from './text-length.js';
import { isDigitTime, isTimeText } from './time/timestamp.js';
import { UNIQUE_ITEMS } from './unique-items.js';
import { isUuid } from '../uuid.js';

type Draft = '07' | '2019-09' | '2020-12';

const DRAFTS: [pattern: RegExp, draft: Draft][] = [
  [/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/, '07'],
  [/^https?:\/\/json-schema\.org\/draft\/2019-09\/schema#?$/, '2019-09'],
  [/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, '2020-12'],
];

/** How many schemas a compiler compiles. It keeps something of each for as long as it lives, so it must not live on. */
const SCHEMAS_PER_COMPILER = 50;

/** How a compiler works. */
interface Mode {
  draft: Draft;
  allErrors: boolean;
  /** Only an object's own members count: asked for each of them, which takes a fourth of the check. */
  ownProperties: boolean;
}

/** One compiler per mode: preparing one costs tens of milliseconds, compiling a schema costs one. */
const compilers = new Map<string, { compiler: Core; left: number }>();

/**
 * Compiles a schema by the draft that its `$schema` names; 2020-12 where it names none.
 * @throws GridwireError `CONTRACT_INVALID` for a draft that is not supported, and for what no schema may hold
 */
export function compileWith(schema: JsonObject, allErrors: boolean): ValidateFunction {
  const { annotations, namesInherited } = walkSchema(schema);
  // Documents are plain objects, which have nothing else that is not their own.
  const compiler = compilerFor({ draft: draftOf(schema), allErrors, ownProperties: namesInherited });
  for (const keyword of annotations) {
    if (compiler.getKeyword(keyword) === false) compiler.addKeyword({ keyword });
  }
  try {
    return compiler.compile(schema);
  } finally {
    // The compiler is shared; forgetting the schema lets another one with the same $id be compiled after it.
    compiler.removeSchema(schema);
  }
}

/** Whether a compiler checks a format. */
export function isKnownFormat(name: string): boolean {
  const [entry] = compilers.values();
  const { compiler } = entry ?? {
    compiler: compilerFor({ draft: '07', allErrors: false, ownProperties: false }),
  };
  return Object.hasOwn(compiler.formats, name);
}

function compilerFor(mode: Mode): Core {
  const key = Object.values(mode).join('/');
  let entry = compilers.get(key);
  if (entry === undefined || entry.left === 0) {
    entry = { compiler: newCompiler(mode), left: SCHEMAS_PER_COMPILER };
    compilers.set(key, entry);
  }
  entry.left -= 1;
  return entry.compiler;
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
function newCompiler({ draft, allErrors, ownProperties }: Mode): Core {
  const options = {
    allErrors,
    strictSchema: true,
    strictTypes: false,
    strictTuples: false,
    // It would print the whole code of a check that cannot be compiled.
    logger: false as const,
    ownProperties,
    // 0.29 is a multiple of 0.01, though not for a double.
    multipleOfPrecision: 6,
    // Copies of what a reference names would multiply.
    inlineRefs: 10,
    code: { regExp, process: eager },
  };
  const Compiler: new (options: Options) => Core = { '07': Ajv, '2019-09': Ajv2019, '2020-12': Ajv2020 }[
    draft
  ];
  const compiler = new Compiler(options);
  formats.default(compiler);
  compiler.addFormat('url', { type: 'string', validate: isUrl });
  compiler.addFormat('uuid', { type: 'string', validate: isUuid });
  compiler.removeKeyword('uniqueItems');
  compiler.addKeyword(UNIQUE_ITEMS);
  countCalls(compiler);
  countSeldom(compiler);
  compiler.addFormat('timestamp', { type: 'string', validate: isTimeText });
  compiler.addFormat('unix-time', { type: 'string', validate: isDigitTime });
  return compiler;
}

/**
 * Has a check compiled at once, by the parentheses that say so to V8. Else that waits for the first document, and where
 * it cannot be compiled (thousands of keywords in one list nest too deeply) every document pays for another attempt.
 */
function eager(code: string): string {
  return code.includes('return function') ? `${code.replace('return function', 'return (function')})` : code;
}

/**
 * Steps that a pattern takes for a text, and for each of its characters: one pattern may see all texts of the largest
 * body, hundreds of patterns for each of thousands of names are too many.
 */
const FOR_A_PATTERN = 0.1;
const FOR_A_CHARACTER = 0.05;

/** A pattern of a schema on the engine that cannot hang. */
const regExp: RegExpEngine = Object.assign(
  (pattern: string) => {
    const compiled = linearPattern(pattern);
    const test = (text: string): boolean => {
      countCall(FOR_A_PATTERN + FOR_A_CHARACTER * text.length);
      return compiled.test(text);
    };
    return { test, toString: () => `/${pattern}/` };
  },
  // Only for validators written to a file, of which there are none.
  { code: 'new RegExp' },
);

/** The package's own pattern for this format takes seconds for a long text. */
function isUrl(text: string): boolean {
  return /^(?:https?|ftp):\/\/[^\s/]\S*$/i.test(text) && URL.canParse(text);
}
