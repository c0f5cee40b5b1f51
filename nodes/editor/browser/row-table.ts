import { drawRows, keptRows } from './kept-rows.js';
import { type EditorNode, type Query, control } from './red.js';

/** A column of a table: a text, or a choice among values (the first one when nothing is chosen). */
export interface Column {
  field: string;
  choices?: readonly string[];
  /** The choices are names on the wire and shown as they are. */
  verbatim?: boolean;
}

export type TableRow = Record<string, string>;

/** Rows that a page draws in a moment; more of them would hold it up. */
const MOST_ROWS = 500;

/**
 * A table of rows to edit in the list `elementId`. Labels are looked up as `<node type>.field.<field>` and
 * `<node type>.<field>.<choice>`.
 */
export function rowTable(
  node: EditorNode,
  elementId: string,
  columns: readonly Column[],
  rows: unknown,
): void {
  const list = $(`#${elementId}`).editableList({
    addItem: (row, _index, data) => addRow(node, row, columns, data),
    removable: true,
    sortable: true,
    header: head(node, columns),
  });
  list.editableList('height', 200);
  drawRows(node, list, rows, MOST_ROWS);
  toBeginning(list);
}

/** Adds a row to an open table. */
export function addTableRow(elementId: string, row: TableRow): void {
  $(`#${elementId}`).editableList('addItem', row);
}

/** Puts other rows into an open table. */
export function replaceTableRows(node: EditorNode, elementId: string, rows: readonly object[]): void {
  const list = $(`#${elementId}`);
  drawRows(node, list, rows, MOST_ROWS);
  toBeginning(list);
}

/** Each row that is added is scrolled to, but a table opens at its beginning. */
export function toBeginning(list: Query): void {
  setTimeout(() => list[0].parentElement?.scrollTo(0, 0));
}

/**
 * The rows to store: those that stand in the panel and are filled, then those that it does not show, as they were.
 * @param isFilled of those in the panel
 */
export function rowsOf(elementId: string, isFilled: (row: TableRow) => boolean = () => true): TableRow[] {
  return [...readTable(elementId).filter(isFilled), ...(keptTableRows(elementId) as TableRow[])];
}

/** What the panel does not show of a table. */
export function keptTableRows(elementId: string): readonly unknown[] {
  return keptRows($(`#${elementId}`));
}

/** The rows as they stand in the panel, without empty ones. */
export function readTable(elementId: string): TableRow[] {
  const rows: TableRow[] = [];
  $(`#${elementId}`)
    .editableList('items')
    .each((_index, item) => {
      const row: TableRow = {};
      for (const input of item[0].querySelectorAll<HTMLInputElement>('[data-field]')) {
        const value = input.value.trim();
        if (value !== '') row[input.dataset['field'] ?? ''] = value;
      }
      if (Object.keys(row).length > 0) rows.push(row);
    });
  return rows;
}

/** Shows a text in a live region of the panel. */
export function announce(elementId: string, text: string): void {
  control<HTMLElement>(elementId).textContent = text;
}

function addRow(
  node: EditorNode,
  row: Query,
  columns: readonly Column[],
  data: Record<string, unknown>,
): void {
  const line = document.createElement('div');
  line.className = 'gridwire-table-row';
  for (const column of columns) {
    const input = column.choices ? choice(node, column) : document.createElement('input');
    const label = node._(`${node.type}.field.${column.field}`);
    input.dataset['field'] = column.field;
    input.setAttribute('aria-label', label);
    input.title = label;
    if (input instanceof HTMLInputElement) {
      input.type = 'text';
      input.placeholder = label;
    }
    const value = data[column.field];
    if (typeof value === 'string' || typeof value === 'number') input.value = String(value);
    line.append(input);
  }
  row[0].append(line);
}

/** The names of the columns, in their places; each control of a row has its own for screen readers. */
function head(node: EditorNode, columns: readonly Column[]): Query {
  const line = document.createElement('div');
  line.className = 'gridwire-table-row gridwire-table-head';
  line.setAttribute('aria-hidden', 'true');
  for (const { field } of columns) {
    const name = document.createElement('span');
    name.dataset['column'] = field;
    name.textContent = node._(`${node.type}.field.${field}`);
    line.append(name);
  }
  return $(line);
}

function choice(node: EditorNode, { field, choices = [], verbatim = false }: Column): HTMLSelectElement {
  const select = document.createElement('select');
  for (const value of choices) {
    const option = document.createElement('option');
    option.value = value;
    option.textContent = verbatim
      ? value
      : node._(`${node.type}.${field}.${value === '' ? 'automatic' : value}`);
    select.append(option);
  }
  return select;
}
