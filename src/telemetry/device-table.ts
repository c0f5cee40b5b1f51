import { ANY_SIZE, parseJsonBody } from '../contracts/json/json-body.js';
import { GridwireError, errorText } from '../errors.js';
import { cellText, wholeNumber } from '../written.js';
import { csvRows } from './csv.js';
import type { Device } from './device.js';

/** A registry is typed by hand or imported; beyond this it belongs in a system of its own. */
export const MAX_DEVICES = 100_000;

/** One row that cannot be used, in words for the panel. Rows count from 1. */
export interface DeviceFault {
  row: number;
  field: keyof Device;
  message: string;
}

/**
 * Checks rows from the panel, a CSV or a JSON file.
 * @param others devices that are known already: a row may be one of them again, and take the id of none
 * @returns the usable devices, and what is wrong with the other rows
 */
export function checkDevices(
  rows: readonly unknown[],
  others: readonly Device[] = [],
): { devices: Device[]; faults: DeviceFault[] } {
  const devices: Device[] = [];
  const faults: DeviceFault[] = [];
  const serialNumbers = new Set<string>();
  const ids = new Map(others.map(({ id, serialNumber }) => [id, serialNumber]));
  for (const [index, raw] of rows.entries()) {
    const row = index + 1;
    const found = checkRow(raw, row);
    if ('faults' in found) {
      faults.push(...found.faults);
    } else if (serialNumbers.has(found.serialNumber)) {
      faults.push({
        row,
        field: 'serialNumber',
        message: `The serial number ${found.serialNumber} is listed twice.`,
      });
    } else if ((ids.get(found.id) ?? found.serialNumber) !== found.serialNumber) {
      faults.push({
        row,
        field: 'id',
        message: `The device id ${found.id} belongs to ${String(ids.get(found.id))} already.`,
      });
    } else {
      serialNumbers.add(found.serialNumber);
      ids.set(found.id, found.serialNumber);
      devices.push(found);
    }
  }
  return { devices, faults };
}

/**
 * Reads a device file: JSON (an array of objects) or CSV with a header line. Column names are those of `Device`;
 * `serial_number`, `device_id`, `device_type` and `site_id` are understood too.
 * @throws GridwireError `REGISTRY_INVALID` if it is neither
 */
export function parseDeviceFile(text: string): unknown[] {
  const bare = text.replace(/^\uFEFF/, '');
  const trimmed = bare.trim();
  if (trimmed.startsWith('{')) {
    const reason =
      'The device file is a JSON object. Give a list of devices: [{"serialNumber": "A", "id": 1, "type": "METER"}, …]';
    throw new GridwireError('REGISTRY_INVALID', reason);
  }
  // Blank lines go, and a tab before the first name stays: it ends an empty cell.
  const rows = trimmed.startsWith('[')
    ? parseJson(trimmed)
    : parseCsv(bare.replace(/^(?:[^\S\r\n]*[\r\n])+/, ''));
  if (rows.length > MAX_DEVICES) {
    throw new GridwireError(
      'REGISTRY_INVALID',
      `The file lists ${rows.length} devices; at most ${MAX_DEVICES} are accepted.`,
    );
  }
  return rows;
}

/** As topics have it. */
// eslint-disable-next-line no-control-regex -- the point is to refuse them
const UNUSABLE = /[+#/\u0000-\u001f\u007f-\u009f\ud800-\udfff]/u;

const ALIASES: Record<string, keyof Device> = {
  serialnumber: 'serialNumber',
  serial: 'serialNumber',
  deviceid: 'id',
  id: 'id',
  devicetype: 'type',
  type: 'type',
  siteid: 'site',
  site: 'site',
  name: 'name',
};

function checkRow(raw: unknown, row: number): Device | { faults: DeviceFault[] } {
  const faults: DeviceFault[] = [];
  // One sentence for each field is enough.
  const fault = (field: keyof Device, message: string): void => {
    if (!faults.some((other) => other.field === field)) faults.push({ row, field, message });
  };
  const fields = normalise(raw, fault);

  const serialNumber = text(fields.serialNumber);
  if (serialNumber === '') fault('serialNumber', 'A serial number is missing.');
  else if (UNUSABLE.test(serialNumber) || serialNumber.length > 256) {
    fault(
      'serialNumber',
      `The serial number ${serialNumber.slice(0, 40)} cannot be part of a topic: it contains +, #, / or a control character, or is too long.`,
    );
  }
  const id = wholeNumber(text(fields.id));
  if (id === undefined) fault('id', 'The device id must be a whole number.');
  const type = text(fields.type);
  if (type === '') fault('type', 'The device type is missing.');
  const site = text(fields.site) === '' ? undefined : wholeNumber(text(fields.site));
  if (text(fields.site) !== '' && site === undefined)
    fault('site', 'The site must be a whole number or empty.');
  const name = text(fields.name);

  if (faults.length > 0 || id === undefined) return { faults };
  return {
    serialNumber,
    id,
    type,
    ...(site === undefined ? {} : { site }),
    ...(name === '' ? {} : { name }),
  };
}

/** @param fault told of what would be left out: a value that is no cell, and one that is given under two names */
function normalise(
  raw: unknown,
  fault: (field: keyof Device, message: string) => void,
): Partial<Record<keyof Device, unknown>> {
  if (raw === null || typeof raw !== 'object') return {};
  const fields: Partial<Record<keyof Device, unknown>> = {};
  for (const [key, value] of Object.entries(raw)) {
    const field = fieldOf(key);
    if (field === undefined || value === undefined || value === null) continue;
    if (typeof value !== 'string' && !(typeof value === 'number' && Number.isFinite(value)))
      fault(field, `The ${key.slice(0, 40)} must be text or a number.`);
    else if (fields[field] !== undefined) fault(field, `The ${field} is given twice, under two names.`);
    fields[field] = value;
  }
  return fields;
}

function fieldOf(column: string): keyof Device | undefined {
  const name = column.toLowerCase().replaceAll(/[_\s-]/g, '');
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

/** What is no cell has its fault already. */
function text(value: unknown): string {
  return cellText(value) ?? '';
}

function parseJson(source: string): unknown[] {
  try {
    return parseJsonBody(new TextEncoder().encode(source), ANY_SIZE) as unknown[];
  } catch (cause) {
    throw new GridwireError(
      'REGISTRY_INVALID',
      `The device file starts like JSON, but cannot be read as JSON: ${errorText(cause)}`,
      { cause },
    );
  }
}

function parseCsv(source: string): unknown[] {
  const [columns = [], ...rows] = csvRows(source);
  const fields = columns.map((column) => fieldOf(column) ?? column);
  if (!fields.includes('serialNumber')) {
    throw new GridwireError(
      'REGISTRY_INVALID',
      'The device file needs a header line with a column serialNumber, for example: serialNumber,id,type,site,name',
    );
  }
  const twice = fields.find((field, index) => field !== '' && fields.indexOf(field) !== index);
  if (twice !== undefined)
    throw new GridwireError('REGISTRY_INVALID', `The device file has two columns for ${twice.slice(0, 80)}.`);
  return rows.map((cells, index) => {
    if (cells.slice(columns.length).some((cell) => cell !== '')) {
      throw new GridwireError(
        'REGISTRY_INVALID',
        `Row ${index + 1} of the device file has ${cells.length} cells, and the header line ${columns.length}. A cell with a separator in it needs quotes around it.`,
      );
    }
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  });
}
