/** A property of a node type, as far as its shape is asked. */
interface Field {
  value?: unknown;
  /** The property names a config node. */
  type?: string;
  validate?: (this: FieldNode, value: unknown, options: unknown) => unknown;
}

interface FieldNode {
  _(key: string): string;
  [property: string]: unknown;
}

/**
 * Has each property of a node type say so where a flow holds something of another shape than its default: an object for
 * a text, a text for a list. The property's own check is asked only about what it can read.
 */
export function checkShapes(defaults: Record<string, Field>): void {
  for (const [name, field] of Object.entries(defaults)) {
    if (field.type !== undefined) continue;
    const own = field.validate;
    const isWrong = Array.isArray(field.value) ? isNoList : isNoText;
    const reason = Array.isArray(field.value) ? 'gridwire.check.list' : 'gridwire.check.text';
    // Two parameters: of a check that takes fewer, Node-RED hears no reason.
    field.validate = function (value, options) {
      const stored = this[name];
      if (isWrong(value) || (isWrong(stored) && isShownAs(value, stored))) return this._(reason);
      return own === undefined ? true : own.call(this, value, options);
    };
  }
}

/** Numbers and switches are texts of an older flow, or of one that was written by hand. */
function isNoText(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isNoList(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !Array.isArray(value);
}

/** Whether that is what the open panel shows of what is stored: of an object, "[object Object]". */
function isShownAs(value: unknown, stored: unknown): boolean {
  try {
    return value === String(stored);
  } catch {
    return false;
  }
}
