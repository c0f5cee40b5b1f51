import { errorText, GridwireError, type ErrorCode, type FaultClass } from '../../errors.js';
import { type Why, whyOfSystem } from '../../why.js';
import { meaningOf } from './result-codes.js';

/** Node's codes of a file system that does not let the store be used at the moment. */
const FILE_SYSTEM = /^E[A-Z]+$/;

/**
 * What SQLite's failure means for whoever wanted something of the store.
 * @param otherwise the code of an error that does not come from SQLite
 */
export function sqliteError(
  error: unknown,
  file: string,
  otherwise: 'STORE_REFUSED' | 'STORE_UNAVAILABLE' = 'STORE_REFUSED',
): GridwireError {
  if (error instanceof GridwireError) return error;
  const { code: found } = error as { code?: unknown };
  const code = typeof found === 'string' ? found : '';
  const text = errorText(error);
  const details = { file, sqlite: code };
  const meaning = meaningOf(code);
  if (meaning === 'full' || code === 'ENOSPC' || code === 'EDQUOT') {
    return new GridwireError(
      'STORE_FULL',
      `The disk that holds the store ${file} is full. Free space or shorten the retention; writing goes on by itself.`,
      { cause: error, details },
    );
  }
  if (meaning === 'damaged') {
    return new GridwireError('STORE_DAMAGED', `The store ${file} is damaged: ${text}.`, {
      cause: error,
      details,
    });
  }
  if (
    meaning === 'database' ||
    FILE_SYSTEM.test(code) ||
    (meaning === undefined && otherwise === 'STORE_UNAVAILABLE')
  ) {
    return new GridwireError(
      'STORE_UNAVAILABLE',
      `The store ${file} cannot be used at the moment: ${text}. Check the path, the disk and the permissions of the folder.`,
      { cause: error, details, why: whyOfFile(code) },
    );
  }
  return new GridwireError('STORE_REFUSED', `The store refused the data: ${text}.`, {
    cause: error,
    details,
  });
}

function whyOfFile(code: string): Why | undefined {
  if (code.startsWith('SQLITE_CANTOPEN')) return 'no-file';
  return code.startsWith('SQLITE_READONLY') ? 'not-allowed' : whyOfSystem(code);
}

/** An error as it crosses from the worker to the main thread; causes and prototypes do not survive the crossing. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  fault: FaultClass;
  details: Record<string, unknown>;
  why: Why | undefined;
}

export function toErrorData(error: GridwireError): ErrorData {
  const { code, message, fault, details, why } = error;
  return { code, message, fault, details, why };
}

export function fromErrorData(data: ErrorData): GridwireError {
  const { code, message, ...options } = data;
  return new GridwireError(code, message, options);
}
