/** How the languages of our words write numbers and times, by the names that they have for themselves. */
const LOCALES: Record<string, string> = { English: 'en-US', Deutsch: 'de', 日本語: 'ja', 中文: 'zh-CN' };

const formats = new Map<string, Intl.NumberFormat>();

/** What the language of our words calls itself; Node-RED tells only of those that its own words have. */
export function languageOfWords(): string {
  return RED.nodes.getType('gridwire-broker')?._('gridwire.language') ?? '';
}

/**
 * A number as the words around it write it: in a German sentence 1.834 is more than a thousand.
 * @param most digits behind the point
 * @param least where noughts at the end are left out
 */
export function decimal(value: number, most: number, least = most): string {
  const written = locale();
  const key = `${written} ${most} ${least}`;
  let format = formats.get(key);
  if (format === undefined) {
    const digits = { minimumFractionDigits: least, maximumFractionDigits: most };
    formats.set(key, (format = new Intl.NumberFormat(written, { ...digits, useGrouping: false })));
  }
  return format.format(value);
}

/** Day and time of day, of milliseconds. */
export function moment(at: number): string {
  return new Date(at).toLocaleString(locale());
}

export function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString(locale());
}

/** The browser's where it is a kind of that language, as British English and Swiss German are. */
function locale(): string {
  const written = LOCALES[languageOfWords()] ?? 'en-US';
  const [language = written] = written.split('-');
  return navigator.language.split('-')[0] === language ? navigator.language : written;
}
