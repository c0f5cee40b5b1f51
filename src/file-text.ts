import { GridwireError } from './errors.js';

/** How other encodings than UTF-8 say what they are (Unicode 23.8). */
const MARKS: readonly [mark: readonly number[], encoding: string][] = [
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * The text of a file that somebody gives: UTF-8, or UTF-16 with its byte order mark. Whoever decodes a file of another
 * encoding all the same gets other names and passwords, and nobody is told.
 * @throws GridwireError `SETTING_INVALID`
 */
export function fileText(bytes: Uint8Array): string {
  const [, encoding = 'utf-8'] = MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte)) ?? [];
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Told below, as what has NUL in it: UTF-16 without its mark.
  }
  throw new GridwireError(
    'SETTING_INVALID',
    'The file is no text in UTF-8: letters beyond ASCII would become others. Save it as UTF-8 (in a spreadsheet: "CSV UTF-8").',
  );
}
