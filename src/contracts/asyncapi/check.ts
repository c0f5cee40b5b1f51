import path from 'node:path';
import { UntrustedProcess } from '../../untrusted/untrusted-process.js';

/** What a document would become, for whoever is about to import it. */
export interface ImportPreview {
  name: string;
  types: { name: string; topic: string }[];
  /** What is not carried over, in sentences. */
  notes: string[];
}

/** A document of the largest size, with schemas to compile, on a busy machine. */
const LIMITS = { milliseconds: 20_000, megabytes: 512 };

const previews = new UntrustedProcess(path.join(__dirname, 'check-process'), LIMITS);

/**
 * What a document that came with a request would become; read in a process with a limit of time and memory.
 * @throws GridwireError what `readAsyncApi` throws, `COMPUTATION_STOPPED`
 */
export async function previewAsyncApi(text: string): Promise<ImportPreview> {
  return (await previews.run({ text })) as ImportPreview;
}
