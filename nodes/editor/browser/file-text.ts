import { fileText } from '../../../src/file-text.js';

/** The text of a file that was chosen. Rejects with the reason for one that is none. */
export async function chosenText(file: File): Promise<string> {
  return fileText(new Uint8Array(await file.arrayBuffer()));
}
