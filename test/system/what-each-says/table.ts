import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A line of the table in docs/troubleshooting.md: what each part must say of one fault. */
export interface Line {
  fault: string;
  status: RegExp;
  /** Words of the whole sentence; empty where there is none. */
  sentence: string;
  /** The code that a catch node gets; empty where no message failed. */
  caught: string;
}

/** The table under "What each says". */
export function whatEachSays(): Line[] {
  const text = readFileSync(path.resolve(__dirname, '../../../docs/troubleshooting.md'), 'utf8');
  const section = text.split('## What each says')[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => {
    const [, fault = '', status = '', sentence = '', caught = ''] = row
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', ''));
    return { fault, status: patternOf(status), sentence, caught };
  });
}

/** `n` and `m` stand for numbers. */
function patternOf(status: string): RegExp {
  const escaped = status.replaceAll(/[?()[\]{}.*+^$|\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/\b[nm]\b/g, '\\d+')}$`);
}
