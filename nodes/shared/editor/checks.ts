import type { EditorNode } from './red.js';

/** A panel check: true, or the reason (Node-RED shows it beside the field). */
type Check = (this: EditorNode, value: unknown) => true | string;

/** A value with a variable in it is known only at deploy time, where it is checked again. */
function hasVariable(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

/** A whole number within bounds; empty where that is allowed. */
export function wholeNumber(minimum: number, maximum: number, blankAllowed = true): Check {
  return function (value) {
    const written = text(value);
    if (hasVariable(written) || (written === '' && blankAllowed)) return true;
    const number = Number(written);
    if (written !== '' && Number.isInteger(number) && number >= minimum && number <= maximum) return true;
    return this._('gridwire.check.number', { minimum, maximum });
  };
}

export const port: Check = wholeNumber(1, 65_535);

export const required: Check = function (value) {
  return text(value) === '' ? this._('gridwire.check.required') : true;
};

/** A topic to publish to; empty is allowed, because the message may bring one. */
export const topic: Check = function (value) {
  return /[+#\0]/.test(text(value)) ? this._('gridwire.check.topic') : true;
};

/** A subscription filter, by MQTT's rules for wildcards. */
export const filter: Check = function (value) {
  const levels = text(value).split('/');
  const fault = levels.some(
    (level, index) =>
      (level.includes('#') && (level !== '#' || index !== levels.length - 1)) ||
      (level.includes('+') && level !== '+'),
  );
  return fault ? this._('gridwire.check.filter') : true;
};
