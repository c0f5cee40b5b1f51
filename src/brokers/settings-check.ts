import { GridwireError } from '../errors.js';

/** @throws GridwireError `SETTING_INVALID` unless `value` is a finite number from `minimum` to `maximum` */
export function checkNumber(field: string, value: unknown, minimum: number, maximum: number): void {
  if (typeof value === 'number' && value >= minimum && value <= maximum) return;
  throw invalid(field, value, `it must be a number from ${minimum} to ${maximum}`);
}

/** @throws GridwireError `SETTING_INVALID` unless `value` is a non-empty string without control characters */
export function checkText(field: string, value: unknown): void {
  // eslint-disable-next-line no-control-regex -- the point is to refuse them
  if (typeof value === 'string' && value !== '' && !/[\u0000-\u001f\u007f]/.test(value)) return;
  throw invalid(field, value, 'it must be a non-empty text without control characters');
}

/** The error of a setting that cannot work. `value` must not be a secret. */
export function invalid(field: string, value: unknown, reason: string): GridwireError {
  return new GridwireError('SETTING_INVALID', `The broker setting "${field}" is not valid: ${reason}.`, {
    details: { field, value: typeof value === 'string' || typeof value === 'number' ? value : typeof value },
  });
}
