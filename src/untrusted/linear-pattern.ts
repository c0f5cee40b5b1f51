import { BOUNDS } from '../bounds.js';
import { GridwireError, errorText } from '../errors.js';
import { once } from '../once.js';
import { plainPattern } from './plain-pattern.js';
import type * as Re2 from './re2.js';

// eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded with the first pattern, and at once
const engine = once(() => require('./re2.js') as typeof Re2);

/** What is none of them, for use in a class. */
const NO_SPACES =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}' +
  '\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';

/** What a schema's validator asks of a pattern. */
export interface Pattern {
  test(text: string): boolean;
}

/** JavaScript's `\s`, of which RE2's is a part. */
const SPACES =
  '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';

/**
 * A regular expression of JavaScript on an engine whose time grows with the text and no faster, so that no pattern and
 * no text can make it hang.
 * @throws GridwireError `CONTRACT_INVALID` for a pattern that is wrong, too long, or cannot be run in linear time
 */
export function linearPattern(pattern: string): Pattern {
  if (pattern.length > BOUNDS.patternCharacters) {
    throw refused(pattern, `it has more than ${BOUNDS.patternCharacters} characters`);
  }
  assertWritten(pattern);
  if (/(?:^|[^\\])(?:\\\\)*\\[pP](?!\{)/.test(pattern)) throw refused(pattern, '\\p wants a name in braces');
  try {
    const plain = plainPattern(pattern);
    if (plain !== undefined) return plain;
    const { RE2JS } = engine();
    return RE2JS.compile(RE2JS.translateRegExp(asWritten(pattern)));
  } catch (cause) {
    const reason = 'look-ahead, look-behind, back references and repeats above 1000 cannot be checked safely';
    throw refused(pattern, `${reason} (${errorText(cause)})`, cause);
  }
}

/** What JavaScript itself refuses must not pass because the other engine reads it in some other way. */
function assertWritten(pattern: string): void {
  try {
    new RegExp(pattern, 'u');
  } catch {
    // Many documents escape what needs no escape, such as "\\_"; only without the flag is that allowed.
    try {
      new RegExp(pattern);
    } catch (cause) {
      throw refused(pattern, errorText(cause), cause);
    }
  }
}

/**
 * Spells out what RE2 reads in another way: `\s`, `\S`, `.`, `\b` in a class, scripts by their long name, empty classes,
 * escaped letters that mean nothing in JavaScript (`\z` is a z there, and the end of the text here), and brackets that
 * RE2 takes for names of classes (`[[:alpha:]]`).
 */
function asWritten(pattern: string): string {
  let inClass = false;
  return pattern.replaceAll(
    /\\[pP]\{(?:Script|sc|General_Category|gc)=(\w+)\}|\(\?[a-z-]+:|\[\^?\]|\\x[\da-fA-F]{2}|\\[^]|[^]/gu,
    (token, name?: string) => {
      if (name !== undefined) return `${token.slice(0, 2)}{${name}}`;
      if (!inClass && token === '[]') return '[^\\x{0}-\\x{10ffff}]';
      if (!inClass && token === '[^]') return '[\\x{0}-\\x{10ffff}]';
      if (inClass && token.startsWith('[')) {
        if (token.endsWith(']')) inClass = false;
        return `\\${token}`;
      }
      if (token === '\\k') throw new Error('back reference by name');
      if (!inClass && /^\(\?[a-z-]/.test(token))
        throw new Error(`flags within a pattern: ${token.slice(0, 20)}`);
      if (/^\\[ACEFGHIJKLMNOQRTUVXYZaeghijlmoqxyz]$/.test(token)) return token.slice(1);
      if (token === '[') inClass = true;
      if (token === ']') inClass = false;
      if (token === '\\s') return inClass ? SPACES : `[${SPACES}]`;
      if (token === '\\S') return inClass ? NO_SPACES : `[^${SPACES}]`;
      if (token === '\\b' && inClass) return '\\x08';
      return token === '.' && !inClass ? '[^\\n\\r\\x{2028}\\x{2029}]' : token;
    },
  );
}

function refused(pattern: string, reason: string, cause?: unknown): GridwireError {
  const shown = JSON.stringify(pattern.slice(0, 80));
  return new GridwireError('CONTRACT_INVALID', `The pattern ${shown} cannot be used: ${reason}.`, { cause });
}
