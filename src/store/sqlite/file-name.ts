/**
 * Whether a text can name the file of a store. SQLite has names for other things than files: in memory (`:memory:`),
 * and addresses (`file:…`). Taken as paths they would make files of these names, which nobody means.
 */
export function isStoreFile(name: string): boolean {
  return !/^(:memory:|file:)/i.test(name) && !name.includes('\0');
}
