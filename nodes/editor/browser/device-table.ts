import { parseDeviceFile, checkDevices } from '../../../src/telemetry/device-table.js';
import { type EditorNode, type Query, api, control, may } from './red.js';
import { element } from './elements.js';
import { notify } from './notify.js';
import { withoutMarkup } from './checks.js';
import { chosenText } from './file-text.js';
import { addRows, drawRows, keptRows } from './kept-rows.js';
import { toBeginning } from './row-table.js';

const FIELDS = ['serialNumber', 'id', 'type', 'site', 'name'] as const;

/** Rows that a page draws in a moment. */
const MOST_ROWS = 1000;
const LIST = '#node-config-input-devices-list';

type Row = Partial<Record<(typeof FIELDS)[number], string | number>>;

interface Newcomer {
  serialNumber: string;
  site?: number;
  messages: number;
  state: 'onboarded' | 'held';
}

/** The registry's table: rows to edit, import from a file, and the newcomers that wait for a decision. */
export function deviceTable(node: EditorNode): void {
  const list = $(LIST).editableList({
    addItem: (row, _index, data) => addRow(node, row, data),
    removable: true,
    sortable: true,
    header: head(node),
  });
  list.editableList('height', 260);
  drawRows(node, list, node['devices'], MOST_ROWS);
  toBeginning(list);
  const file = control('gridwire-devices-file');
  control<HTMLElement>('gridwire-devices-import').addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    importFile(node, list, file).catch((error: unknown) => notify(String(error), { type: 'error' }));
  });
  showNewcomers(node, list);
}

/** The rows to store: those of the panel, then those that it does not show, as they were. */
export function readDevices(): Row[] {
  return [...shownDevices(), ...(keptRows($(LIST)) as Row[])];
}

function shownDevices(): Row[] {
  const rows: Row[] = [];
  $(LIST)
    .editableList('items')
    .each((_index, item) => {
      const row: Row = {};
      for (const field of FIELDS) {
        const value = item[0].querySelector<HTMLInputElement>(`[data-field="${field}"]`)?.value.trim() ?? '';
        if (value !== '')
          row[field] = (field === 'id' || field === 'site') && /^-?\d+$/.test(value) ? Number(value) : value;
      }
      if (Object.keys(row).length > 0) rows.push(row);
    });
  return rows;
}

/** Why the table cannot be used; true if it can. */
export function devicesAreValid(this: EditorNode, value: unknown): true | string {
  const [fault] = checkDevices(Array.isArray(value) ? value : []).faults;
  return fault === undefined
    ? true
    : this._('gridwire-devices.check.row', { row: fault.row, message: withoutMarkup(fault.message) });
}

function addRow(node: EditorNode, row: Query, data: Record<string, unknown>): void {
  const line = document.createElement('div');
  line.className = 'gridwire-device-row';
  for (const field of FIELDS) {
    const input = document.createElement('input');
    const label = node._(`gridwire-devices.field.${field}`);
    input.type = 'text';
    input.dataset['field'] = field;
    input.placeholder = label;
    input.setAttribute('aria-label', label);
    const value = data[field];
    input.value = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    line.append(input);
  }
  row[0].append(line);
}

/** The names of the columns; each control of a row has its own for screen readers. */
function head(node: EditorNode): Query {
  const names = FIELDS.map((field) =>
    element('span', { textContent: node._(`gridwire-devices.field.${field}`) }),
  );
  const line = element('div', { className: 'gridwire-device-head gridwire-table-head' }, ...names);
  line.setAttribute('aria-hidden', 'true');
  return $(line);
}

async function importFile(node: EditorNode, list: Query, input: HTMLInputElement): Promise<void> {
  const file = input.files?.[0];
  input.value = '';
  if (file === undefined) return;
  const { devices, faults } = checkDevices(parseDeviceFile(await chosenText(file)));
  addRows(
    node,
    list,
    devices.map((device) => ({ ...device })),
    MOST_ROWS,
  );
  const [first] = faults;
  const text =
    first === undefined
      ? node._('gridwire-devices.import.done', { count: devices.length })
      : node._('gridwire-devices.import.faults', {
          count: devices.length,
          faults: faults.length,
          row: first.row,
          message: first.message,
        });
  notify(text, { type: first === undefined ? 'success' : 'warning' });
}

function showNewcomers(node: EditorNode, list: Query): void {
  const box = control<HTMLElement>('gridwire-devices-newcomers');
  api<Newcomer[]>('GET', `gridwire/devices/${encodeURIComponent(node.id)}/newcomers`)
    .then((newcomers) => {
      box.replaceChildren(...newcomers.map((newcomer) => newcomerLine(node, list, newcomer)));
      if (newcomers.length === 0) box.textContent = node._('gridwire-devices.newcomers.none');
    })
    .catch(() => {
      box.textContent = node._('gridwire-devices.newcomers.not-deployed');
    });
}

function newcomerLine(node: EditorNode, list: Query, newcomer: Newcomer): HTMLElement {
  const line = document.createElement('div');
  line.className = 'gridwire-newcomer';
  const { serialNumber, messages, state } = newcomer;
  const text = document.createElement('span');
  text.textContent = node._(`gridwire-devices.newcomers.${state}`, { serialNumber, messages });
  const add = button(node._('gridwire-devices.newcomers.add'), () => {
    list.editableList('addItem', {
      serialNumber,
      ...(newcomer.site === undefined ? {} : { site: newcomer.site }),
    });
    line.remove();
  });
  const dismiss = button(node._('gridwire-devices.newcomers.dismiss'), () => {
    api('POST', `gridwire/devices/${encodeURIComponent(node.id)}/dismiss`, { serialNumber })
      .then(() => line.remove())
      .catch((error: unknown) => notify(String(error), { type: 'error' }));
  });
  line.append(text, add, ...(state === 'held' && mayDecide() ? [dismiss] : []));
  return line;
}

function mayDecide(): boolean {
  return may('devices', 'gridwire-devices.write');
}

function button(label: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'red-ui-button red-ui-button-small';
  element.textContent = label;
  element.addEventListener('click', onClick);
  return element;
}

/** Approves at the runtime what was added to the table while held, so that nothing is given up by the deploy. */
export function approveHeld(node: EditorNode, devices: readonly (Row | null)[]): void {
  if (!mayDecide()) return;
  const url = `gridwire/devices/${encodeURIComponent(node.id)}`;
  api<Newcomer[]>('GET', `${url}/newcomers`)
    .then(async (newcomers) => {
      for (const { serialNumber, state } of newcomers) {
        const device = devices.find((row) => row?.serialNumber === serialNumber);
        if (device && state === 'held') await api('POST', `${url}/approve`, device);
      }
    })
    // Not deployed yet: there is nothing held.
    .catch(() => undefined);
}
