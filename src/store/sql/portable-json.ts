/**
 * JSON that every database takes: NUL and halves of surrogate pairs, which PostgreSQL refuses, become U+FFFD.
 * What is exact lies beside it as bytes.
 */
export function portableJson(value: unknown): string {
  return JSON.stringify(value).replace(ESCAPE, (escape) => (FORBIDDEN.test(escape) ? '\\ufffd' : escape));
}

/** `JSON.stringify` writes whole pairs as they are, so every escaped surrogate is a lone one. */
const ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;
const FORBIDDEN = /^\\u(?:0000|d[89a-f])/;
