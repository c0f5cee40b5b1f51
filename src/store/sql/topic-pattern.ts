import { GridwireError } from '../../errors.js';

/**
 * An MQTT filter as a regular expression that JavaScript and PostgreSQL read alike. Everything but the two wildcards is
 * taken literally, so `%`, `_`, `.` and quotes in a filter mean themselves.
 * @throws GridwireError `FILTER_ILLEGAL`
 */
export function topicPattern(filter: string): string {
  const levels = filter.split('/');
  const parts: string[] = [];
  for (const [index, level] of levels.entries()) {
    const last = index === levels.length - 1;
    const wildcard = level === '+' || (level === '#' && last);
    if (!wildcard && /[+#\0]/.test(level)) {
      throw new GridwireError(
        'FILTER_ILLEGAL',
        `The topic filter ${JSON.stringify(filter.slice(0, 120))} is not valid: + and # must stand alone in their level, # only at the end.`,
        { details: { filter } },
      );
    }
    if (level === '#') return index === 0 ? '^[^$]' : `^${parts.join('/')}(/.*)?$`;
    parts.push(level === '+' ? (index === 0 ? '([^$/][^/]*)?' : '[^/]*') : escapeLevel(level));
  }
  return `^${parts.join('/')}$`;
}

/** A backslash before a character that is no letter or digit makes it literal in both languages. */
function escapeLevel(level: string): string {
  return level.replace(/[\\^$.|?*()[\]{}]/g, '\\$&');
}
