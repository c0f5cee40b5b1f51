import { type EditorNode, type Query, control } from './red.js';

export interface ParameterRow {
  name: string;
  value: string;
  type: string;
}

const ALL_TYPES = ['str', 'num', 'msg', 'flow', 'global', 'env', 'jsonata'];

/**
 * Rows of "parameter = value", each value a typed input.
 * @param types what a value may be taken from
 */
export function parameterList(
  node: EditorNode,
  rows: ParameterRow[],
  onChange: () => void,
  types: string[] = ALL_TYPES,
): void {
  const list = $('#node-input-parameters-list').editableList({
    addItem: (row, _index, data) => addRow(node, row, data, { onChange, types }),
    removable: true,
    sortable: true,
  });
  list.editableList('height', 120);
  for (const row of rows) list.editableList('addItem', row);
}

export function readParameters(): ParameterRow[] {
  const rows: ParameterRow[] = [];
  $('#node-input-parameters-list')
    .editableList('items')
    .each((_index, item) => {
      const name = item[0].querySelector<HTMLInputElement>('.gridwire-parameter-name')?.value.trim() ?? '';
      const field = item[0].querySelector('.gridwire-parameter-value');
      if (name === '' || field === null) return;
      rows.push({ name, value: $(field).typedInput('value'), type: $(field).typedInput('type') });
    });
  return rows;
}

/** The values that are known while typing, for the topic preview. */
export function knownValues(): Record<string, string> {
  return Object.fromEntries(
    readParameters().flatMap(({ name, value, type }) =>
      type === 'str' || type === 'num' ? [[name, value]] : [],
    ),
  );
}

/** Offers the chosen type's parameters as suggestions for names. */
export function suggestParameters(names: string[]): void {
  control<HTMLElement>('gridwire-parameter-names').replaceChildren(
    ...names.map((name) => {
      const option = document.createElement('option');
      option.value = name;
      return option;
    }),
  );
}

function addRow(
  node: EditorNode,
  row: Query,
  data: Partial<ParameterRow>,
  { onChange, types }: { onChange: () => void; types: string[] },
): void {
  const name = document.createElement('input');
  name.type = 'text';
  name.className = 'gridwire-parameter-name';
  name.value = data.name ?? '';
  name.setAttribute('list', 'gridwire-parameter-names');
  name.setAttribute('aria-label', node._('gridwire.parameter.name'));
  name.placeholder = node._('gridwire.parameter.name');
  const value = document.createElement('input');
  value.type = 'text';
  value.className = 'gridwire-parameter-value';
  value.setAttribute('aria-label', node._('gridwire.parameter.value'));
  row[0].classList.add('gridwire-parameter-row');
  row[0].append(name, value);
  const field = $(value).typedInput({ default: 'str', types });
  field.typedInput('type', data.type ?? 'str');
  field.typedInput('value', data.value ?? '');
  field.on('change', onChange);
  name.addEventListener('input', onChange);
}
