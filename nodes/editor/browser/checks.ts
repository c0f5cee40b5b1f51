import { parseTime } from '../../../src/contracts/time/timestamp.js';
import { listOf } from '../../../src/list.js';
import { CONDITIONS } from '../../../src/observe/conditions/condition.js';
import { decimalNumber, wholeNumber as writtenNumber } from '../../../src/written.js';
import { hasOnlyTopicCharacters } from '../../../src/brokers/topic-characters.js';
import { userProperty } from '../../../src/brokers/mqtt/user-property.js';
import { isStoreFile } from '../../../src/store/sqlite/file-name.js';
import { isOrigin } from '../../../src/stream/origin.js';
import { logChoice } from './log-panel.js';
import type { EditorNode } from './red.js';

/** A panel check: true, or the reason (Node-RED shows it beside the field). */
type Check = (this: EditorNode, value: unknown) => true | string;

/** A value with a variable in it is known only at deploy time, where it is checked again. */
function hasVariable(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}

/** As Node-RED's own fields would show it: what an imported flow has instead of a text is not taken for empty. */
function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value.trim() : JSON.stringify(value);
}

/** A whole number within bounds; empty where that is allowed. */
export function wholeNumber(minimum: number, maximum: number, blankAllowed = true): Check {
  return function (value) {
    const written = text(value);
    if (hasVariable(written) || (written === '' && blankAllowed)) return true;
    const number = writtenNumber(written);
    if (number !== undefined && number >= minimum && number <= maximum) return true;
    return this._('gridwire.check.number', { minimum, maximum });
  };
}

/**
 * Text of a flow or a file within the reason that a check gives: Node-RED puts reasons into its tooltip as markup, so
 * what could be markup is left out.
 */
export function withoutMarkup(foreign: string): string {
  return foreign.replaceAll(/[<>&"'`]/g, '·').slice(0, 200);
}

/** A number above 0. */
export const aboveZero: Check = function (value) {
  const written = text(value);
  return written === '' || hasVariable(written) || (decimalNumber(written) ?? 0) > 0
    ? true
    : this._('gridwire.check.aboveZero');
};

/** A JSONata expression, or none. */
export const expression: Check = function (value) {
  const written = text(value);
  return written === '' || RED.utils.validateTypedProperty(written, 'jsonata') === true
    ? true
    : this._('gridwire.check.expression');
};

/** Names of alarms, separated by commas. */
export const alarms: Check = function (value) {
  const unknown = listOf(text(value)).filter((name) => !(CONDITIONS as readonly string[]).includes(name));
  if (unknown.length === 0 || hasVariable(value)) return true;
  return this._('gridwire.check.alarms', { names: CONDITIONS.join(', ') });
};

/** Origins of pages, separated by commas. */
export const origins: Check = function (value) {
  return hasVariable(value) || listOf(text(value)).every(isOrigin) ? true : this._('gridwire.check.origins');
};

/** A line each: `name: value`. */
export const userProperties: Check = function (value) {
  const lines = text(value)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const isList = lines.every((line) => userProperty(line) !== undefined);
  return hasVariable(value) || isList ? true : this._('gridwire.check.userProperties');
};

/** The topic of a message that a broker is given beforehand; one that has something to say needs one. */
export function topicOf(payload: string): Check {
  return function (value) {
    const isMissing = text(value) === '' && text(this[payload]) !== '';
    return isMissing ? this._('gridwire.check.required') : topic.call(this, value);
  };
}

export const port: Check = wholeNumber(1, 65_535);

export const required: Check = function (value) {
  return text(value) === '' ? this._('gridwire.check.required') : true;
};

/** A host by itself, or a whole address with its scheme. */
export const host: Check = function (value) {
  const written = text(value);
  if (/^[^:[\]]+:\d+$/.test(written)) return this._('gridwire.check.host');
  if (/\s/.test(written) && !hasVariable(written)) return this._('gridwire.check.blank');
  return hasOnlyTopicCharacters(written) ? required.call(this, value) : this._('gridwire.check.characters');
};

/** What has to be there where the node takes it from here. */
export function neededFor(source: string): Check {
  return function (value) {
    return this['source'] === source ? required.call(this, value) : true;
  };
}

/** The file of a store on this machine. */
export const storeFile: Check = function (value) {
  return this['kind'] === 'postgres' || isStoreFile(text(value)) ? true : this._('gridwire.check.storeFile');
};

/** A topic to publish to; empty is allowed, because the message may bring one. */
export const topic: Check = function (value) {
  if (/[+#]/.test(text(value))) return this._('gridwire.check.topic');
  return hasOnlyTopicCharacters(text(value)) ? true : this._('gridwire.check.characters');
};

/** A name of one level of a topic, of at most 256 characters. */
export const level: Check = function (value) {
  const written = text(value);
  if (hasVariable(written)) return true;
  return written.includes('/') || written.length > 256
    ? this._('gridwire.check.level')
    : topic.call(this, value);
};

/** Text that goes to the broker as it is. */
export const clean: Check = function (value) {
  return hasOnlyTopicCharacters(text(value)) ? true : this._('gridwire.check.characters');
};

/** A subscription filter, by MQTT's rules for wildcards; where the broker keeps a log, a list of them. */
export const filter: Check = function (value) {
  const filters = logChoice(this).isLog ? text(value).split(',') : [text(value)];
  if (filters.some((each) => hasStrayWildcard(each.trim()))) return this._('gridwire.check.filter');
  return clean.call(this, value);
};

function hasStrayWildcard(filter: string): boolean {
  const levels = filter.split('/');
  return levels.some(
    (level, index) =>
      (level.includes('#') && (level !== '#' || index !== levels.length - 1)) ||
      (level.includes('+') && level !== '+'),
  );
}

/** The time from which a log is read: ISO 8601, or milliseconds since 1970. */
export const startTime: Check = function (value) {
  const written = text(value);
  if (!isAsked(this, 'timestamp') || hasVariable(written)) return true;
  return isTime(written) ? true : this._('gridwire.check.startTime');
};

/** Whether the node would read it. */
function isTime(written: string): boolean {
  try {
    parseTime(/^\d+$/.test(written) ? Number(written) : written, 'UTC');
    return true;
  } catch {
    return false;
  }
}

/** The offsets from which a log is read: `topic:partition:offset`, separated by commas. */
export const startOffsets: Check = function (value) {
  const written = text(value);
  if (!isAsked(this, 'offsets') || hasVariable(written)) return true;
  const isList = written.split(',').every((entry) => /^[^:\s]+:\d+:\d+$/.test(entry.trim()));
  return isList ? true : this._('gridwire.check.startOffsets');
};

function isAsked(node: EditorNode, start: string): boolean {
  const { isLog, startAt } = logChoice(node);
  return isLog && startAt === start;
}

/** Sharing a source needs a store that several processes can reach. */
export const sharing: Check = function (value) {
  if (value !== true) return true;
  const store = RED.nodes.node(typeof this['store'] === 'string' ? this['store'] : '');
  return store?.['kind'] === 'postgres' ? true : this._('gridwire.check.sharing');
};

export const group: Check = function (value) {
  const written = text(value);
  return hasVariable(written) || /^[\w.-]{1,100}$/.test(written) ? true : this._('gridwire.check.group');
};

/** Filters, several to a line. */
export const partitions: Check = function (value) {
  const faults = text(value)
    .split(/\s+/)
    .map((each) => filter.call(this, each));
  return faults.find((fault) => fault !== true) ?? true;
};
