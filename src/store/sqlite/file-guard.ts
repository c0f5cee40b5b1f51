import { copyFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { assertSound, copyDatabase } from './copy.js';
import type { Sqlite } from './driver/index.js';
import { writeWhole } from './write-whole.js';

/** What happened to a file beneath an open store, and where what lay in its place lies now. */
export interface Rescue {
  what: 'deleted' | 'replaced' | 'journal' | 'overwritten';
  movedTo?: string;
  /** What was overwritten could not be put together again: the other content is in use now. */
  lost?: true;
}

const JOURNALS = ['-wal', '-shm'];

/**
 * Whether the files of an open store are still those that were opened. An open file that is deleted or replaced goes on
 * taking commits, which nobody ever finds again.
 */
export class FileGuard {
  private readonly main: string | undefined;
  private readonly journals = new Map<string, string>();
  private stamp: string | undefined;

  /** @param file of a store that has just been opened */
  constructor(private readonly file: string) {
    this.main = identityOf(file);
    this.written();
    this.remember();
  }

  /** To be called after whatever may have written to the file: any other change of it is somebody else's. */
  written(): void {
    this.stamp = stampOf(this.file);
  }

  /** What has happened since; undefined while all is as it was. */
  get harm(): Rescue['what'] | undefined {
    const main = identityOf(this.file);
    if (main !== this.main) return main === undefined ? 'deleted' : 'replaced';
    if (stampOf(this.file) !== this.stamp) return 'overwritten';
    for (const [suffix, known] of this.journals) {
      if (identityOf(this.file + suffix) !== known) return 'journal';
    }
    this.remember();
    return undefined;
  }

  /** Moves aside what lies under the store's names and is not the store's. @returns where the main file lies now */
  moveOthersAside(): string | undefined {
    const movedTo = `${this.file}.replaced-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    const isOther = (suffix: string, own: string | undefined): boolean => {
      const found = identityOf(this.file + suffix);
      return found !== undefined && found !== own;
    };
    for (const suffix of JOURNALS) {
      if (isOther(suffix, this.journals.get(suffix))) renameSync(this.file + suffix, movedTo + suffix);
    }
    if (!isOther('', this.main)) return undefined;
    renameSync(this.file, movedTo);
    return movedTo;
  }

  /** A journal comes into being with the first use of the store. */
  private remember(): void {
    for (const suffix of JOURNALS) {
      if (this.journals.has(suffix)) continue;
      const found = identityOf(this.file + suffix);
      if (found !== undefined) this.journals.set(suffix, found);
    }
  }
}

/**
 * Puts everything that an open store knows back under the store's name; whatever lies there now is moved aside. The
 * store is closed then; it stays open where that fails.
 * @param database open, and perhaps without a name in the file system
 * @returns where the other file lies now, if there was one
 */
export function writeAnew(database: Sqlite, file: string, guard: FileGuard): string | undefined {
  let movedTo: string | undefined;
  writeWhole(file, (partial) => {
    copyDatabase(database, partial);
    assertSound(partial);
    movedTo = guard.moveOthersAside();
  });
  // Closing removes the journals under the store's name: those that are left there are its own.
  database.close();
  return movedTo;
}

/**
 * Takes the content that was written over an open store for what it is, without the store's own journal, which belongs
 * to another content. The store is closed then.
 */
export function yieldTo(database: Sqlite, file: string): void {
  // Closing writes the journal into whatever is there, or leaves it where it cannot.
  const other = `${file}.other`;
  copyFileSync(file, other);
  database.close();
  for (const suffix of JOURNALS) rmSync(file + suffix, { force: true });
  renameSync(other, file);
}

function stampOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.size}:${found.mtimeNs}`;
}

function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
