import { type CodeKeywordDefinition, _ } from 'ajv';
import type Core from 'ajv/dist/core.js';
import charactersIn from 'ajv/dist/runtime/ucs2length.js';

/**
 * Has a compiler's limits for texts count characters only where the length can matter: a text has at most as many as code
 * units, and at least half of them. Nearly all texts are far from their limits, and the compiler's own counts each of them.
 */
export function countSeldom(compiler: Core): void {
  setCode(compiler, 'maxLength', (length, limit, count) => _`${length} > ${limit} && ${count} > ${limit}`);
  setCode(
    compiler,
    'minLength',
    (length, limit, count) => _`${length} < 2 * ${limit} && ${count} < ${limit}`,
  );
}

type Code = ReturnType<typeof _>;

/** @param failed when a text breaks the limit, of its length in code units, the limit, and the count of its characters */
function setCode(
  compiler: Core,
  keyword: string,
  failed: (length: Code, limit: Code, count: Code) => Code,
): void {
  const definition = compiler.getKeyword(keyword) as CodeKeywordDefinition;
  definition.code = (context) => {
    const { data, schemaCode, gen } = context;
    const count = gen.scopeValue('func', { ref: charactersIn });
    context.fail$data(failed(_`${data}.length`, _`${schemaCode}`, _`${count}(${data})`));
  };
}
