import { element } from './elements.js';
import type { TypeEntry } from './catalogue.js';
import { drawRows, keptRows } from './kept-rows.js';
import { type EditorNode, type Query, control } from './red.js';

export interface ParameterRow {
  name: string;
  value: string;
  type: string;
}

type Parameter = TypeEntry['parameters'][number];

/** All rows are in view, and each is three fields; a topic has a handful of them. */
const MOST_ROWS = 100;

const ALL_TYPES = ['str', 'num', 'msg', 'flow', 'global', 'env', 'jsonata'];

/**
 * Rows of "parameter = value", each value a typed input.
 * @param rows as the flow has them
 * @param types what a value may be taken from
 */
export function parameterList(
  node: EditorNode,
  rows: unknown,
  onChange: () => void,
  types: string[] = ALL_TYPES,
): void {
  const list = $('#node-input-parameters-list').editableList({
    addItem: (row, _index, data) => addRow(node, row, data, { onChange, types }),
    removable: true,
    sortable: true,
  });
  list.editableList('height', 'auto');
  drawRows(node, list, rows, MOST_ROWS);
}

/** The rows to store: what those of the panel say, then those that it does not show, as they were. */
export function readParameters(): ParameterRow[] {
  return [...shownParameters(), ...(keptRows($('#node-input-parameters-list')) as ParameterRow[])];
}

/** What the rows of the panel say; one without a value says nothing. */
function shownParameters(): ParameterRow[] {
  const rows: ParameterRow[] = [];
  $('#node-input-parameters-list')
    .editableList('items')
    .each((_index, item) => {
      const name = nameIn(item[0]);
      const field = item[0].querySelector('.gridwire-parameter-value');
      if (name === '' || field === null) return;
      const row = { name, value: $(field).typedInput('value'), type: $(field).typedInput('type') };
      if (row.value !== '') rows.push(row);
    });
  return rows;
}

/** The values that are known while typing, for the topic preview. */
export function knownValues(): Record<string, string> {
  return Object.fromEntries(
    shownParameters().flatMap(({ name, value, type }) =>
      type === 'str' || type === 'num' ? [[name, value]] : [],
    ),
  );
}

/**
 * Gives each parameter of the chosen type's topic a row that says what fills it, and takes away the empty rows of
 * another type.
 * @param optional whether a parameter may stay open (a filter), or has to come from somewhere (a topic)
 */
export function offerParameters(
  node: EditorNode,
  parameters: readonly Parameter[],
  optional: (node: EditorNode, parameter: Parameter) => string = (_node, parameter) =>
    origin(node, parameter),
): void {
  control<HTMLElement>('gridwire-parameter-names').replaceChildren(
    ...parameters.map(({ name }) => element('option', { value: name })),
  );
  const filled = shownParameters();
  const list = $('#node-input-parameters-list');
  list.editableList('empty');
  const wanted = parameters.map(({ name }) => filled.find((row) => row.name === name) ?? { name });
  const others = filled.filter(({ name }) => !parameters.some((parameter) => parameter.name === name));
  for (const row of [...wanted, ...others]) {
    const parameter = parameters.find(({ name }) => name === row.name);
    const hint = parameter === undefined ? {} : { hint: optional(node, parameter) };
    list.editableList('addItem', { ...row, ...hint });
  }
}

/** Where a parameter's value comes from if the row is left empty. */
function origin(node: EditorNode, { from = [], default: otherwise }: Parameter): string {
  const [first] = from;
  if (first !== undefined) return node._('gridwire.parameter.from', { member: first.replace(/^\//, '') });
  if (otherwise !== undefined) return node._('gridwire.parameter.default', { value: otherwise });
  return node._('gridwire.parameter.required');
}

/** As `offerParameters`, for a filter: what is left open takes all. */
export function offerFilterParameters(node: EditorNode, parameters: readonly Parameter[]): void {
  offerParameters(node, parameters, () => node._('gridwire.parameter.any'));
}

function nameIn(row: HTMLElement): string {
  return row.querySelector<HTMLInputElement>('.gridwire-parameter-name')?.value.trim() ?? '';
}

function addRow(
  node: EditorNode,
  row: Query,
  data: Partial<ParameterRow> & { hint?: string },
  { onChange, types }: { onChange: () => void; types: string[] },
): void {
  const name = element('input', {
    type: 'text',
    className: 'gridwire-parameter-name',
    value: data.name ?? '',
    placeholder: node._('gridwire.parameter.name'),
  });
  name.setAttribute('list', 'gridwire-parameter-names');
  name.setAttribute('aria-label', node._('gridwire.parameter.name'));
  const value = element('input', { type: 'text', className: 'gridwire-parameter-value' });
  value.setAttribute('aria-label', node._('gridwire.parameter.value'));
  // What fills the parameter while the row says nothing.
  const hint = element('div', { className: 'gridwire-parameter-hint', textContent: data.hint ?? '' });
  row[0].classList.add('gridwire-parameter-row');
  row[0].append(name, value, hint);
  const field = $(value).typedInput({ default: 'str', types });
  field.typedInput('type', data.type ?? 'str');
  field.typedInput('value', data.value ?? '');
  const showHint = (): void => {
    hint.hidden = field.typedInput('value') !== '';
  };
  showHint();
  const changed = (): void => {
    showHint();
    onChange();
  };
  field.on('change', changed);
  row[0].addEventListener('input', changed);
}
