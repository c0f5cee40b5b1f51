import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Edit, Mutation } from './mutation.js';

const COPIED = ['src', 'nodes', 'test', 'scripts', 'examples', 'icons', 'package.json', 'tsconfig.json'];
/** Longer than this, and the change counts as noticed: something waits for ever. */
const PATIENCE = 5 * 60_000;

export interface Verdict {
  found: boolean;
  /** How it showed. */
  how: string;
  seconds: number;
}

/** A copy of the project in which code may be spoilt. */
export class Workbench {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-mutate-'));

  /** @param schedules how many of the simulator's a mutation may pass before it counts as missed */
  constructor(
    private readonly root: string,
    private readonly schedules: number,
    /** Only the simulator's schedules of this shape. */
    private readonly shape?: string,
  ) {
    for (const name of COPIED)
      cpSync(path.join(root, name), path.join(this.folder, name), { recursive: true });
    for (const name of ['node_modules', 'dist', 'resources'])
      symlinkSync(path.join(root, name), path.join(this.folder, name));
  }

  /** @throws Error for a mutation that does not fit the code any more */
  async try(mutation: Mutation): Promise<Verdict> {
    const edits = [mutation, ...(mutation.also ?? [])];
    const before = edits.map(
      ({ file }) => [file, readFileSync(path.join(this.folder, file), 'utf8')] as const,
    );
    try {
      for (const edit of edits) this.spoil(mutation.name, edit);
      return await this.run(mutation.test);
    } finally {
      for (const [file, text] of before) writeFileSync(path.join(this.folder, file), text);
    }
  }

  private spoil(name: string, { file, find, replace }: Edit): void {
    const place = path.join(this.folder, file);
    const parts = readFileSync(place, 'utf8').split(find);
    if (parts.length !== 2) {
      const times = parts.length === 1 ? 'not' : `${parts.length - 1} times`;
      throw new Error(`"${name}" is out of date: its text stands ${times} in ${file}`);
    }
    writeFileSync(place, parts.join(replace));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(test: string | undefined): Promise<Verdict> {
    const started = Date.now();
    const only = this.shape === undefined ? [] : [`--shape=${this.shape}`];
    const mocha = path.join(this.root, 'node_modules/mocha/bin/mocha.js');
    const args =
      test === undefined
        ? [
            '--require=tsx/cjs',
            'test/simulation/main.ts',
            '--quick',
            `--schedules=${this.schedules}`,
            ...only,
          ]
        : [mocha, '--require=tsx/cjs', '--timeout=20000', '--bail', '--exit', '--reporter=dot', test];
    const child = spawn(process.execPath, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const hear = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-20_000));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        const how = signal === null ? firstLine(said, test) : 'never ends';
        resolve({ found: code !== 0, how, seconds: (Date.now() - started) / 1000 });
      });
    });
  }
}

function firstLine(said: string, test: string | undefined): string {
  const lines = said.split('\n').map((line) => line.trim());
  const telling = test === undefined ? /^seed|Error/ : /^\d+\) |Error/;
  return (lines.find((line) => telling.test(line)) ?? lines.find((line) => line !== '') ?? '').slice(0, 150);
}
