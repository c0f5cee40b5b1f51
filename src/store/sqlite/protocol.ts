import type { Durability, StoreSize } from '../event-store.js';
import type { Operation, OperationResult, Row, Statement } from '../sql/database.js';
import type { ErrorData } from './errors.js';
import type { Rescue } from './file-guard.js';
import type { Quarantine } from './open-file.js';

/** How the worker is started. */
export interface WorkerSettings {
  file: string;
  durability: Durability;
  /** How long another process may still need to let go of the file, milliseconds. */
  lockWait: number;
}

/** What the worker can be asked, with each question's answer. */
export interface Requests {
  open: { ask: null; answer: null };
  write: {
    ask: readonly (readonly Operation[])[];
    answer: ({ results: OperationResult[] } | { refused: ErrorData })[];
  };
  read: { ask: Statement; answer: Row[] };
  size: { ask: null; answer: StoreSize };
  reclaim: { ask: null; answer: number };
  verify: { ask: null; answer: string[] };
  backup: { ask: string; answer: null };
  restore: { ask: string; answer: null };
  close: { ask: null; answer: null };
}

export type RequestName = keyof Requests;

export type Request = {
  [Name in RequestName]: { id: number; name: Name; ask: Requests[Name]['ask'] };
}[RequestName];

/** What a person should know: a damaged file was set aside, or a file that had gone was put back in its place. */
export type News = { quarantine: Quarantine } | { rescue: Rescue } | { trouble: ErrorData };

/** From the worker: an answer, an error, or news that nobody asked for. */
export type Reply =
  { id: number; answer: Requests[RequestName]['answer'] } | { id: number; error: ErrorData } | { news: News };
