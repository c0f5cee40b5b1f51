import type { AlertRuleData, AlertSetData } from '../../../src/contracts/contract-data.js';
import { readAlertRules } from '../../../src/telemetry/read-alert-rules.js';
import type { ContractChoice } from './contract-panel.js';
import { element } from './elements.js';
import { type EditorNode, control } from './red.js';
import { type TableRow, keptTableRows, readTable, replaceTableRows, rowTable, rowsOf } from './row-table.js';
import { watchSections } from './sections.js';
import { withoutMarkup } from './checks.js';

const LIST = 'node-input-alertRules-list';
/** The outputs of a node without alerts. */
const OUTPUTS = 3;
/** Those of every contract so far; what a contract offers is known when the catalogue has answered. */
const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/** The thresholds of the chosen contract and service as rows; undefined until they are known, and where it has none. */
let own: TableRow[] | undefined;

/**
 * Shows the alerts where the chosen contract has an event for them: the thresholds stored, or else the contract's own.
 * @returns what to call when the contract has been chosen
 */
export function alertPanel(node: EditorNode): (choice: ContractChoice) => void {
  watchSections();
  own = undefined;
  const raise = control('node-input-alerts');
  const section = raise.closest('details');
  const outputs = control('node-input-outputs');
  if (section !== null) section.open = raise.checked;
  rowTable(
    node,
    LIST,
    [
      { field: 'type' },
      { field: 'severity', choices: SEVERITIES, verbatim: true },
      { field: 'member' },
      { field: 'side', choices: ['above', 'below'] },
      { field: 'limit' },
      { field: 'clearAt' },
    ],
    node['alertRules'],
  );
  // The rows have two lines.
  $(`#${LIST}`).editableList('height', 300);
  const show = (): void => {
    outputs.value = String(raise.checked ? OUTPUTS + 1 : OUTPUTS);
    for (const row of document.querySelectorAll<HTMLElement>('.gridwire-alerts')) row.hidden = !raise.checked;
  };
  raise.addEventListener('change', show);
  show();

  let choice: ContractChoice['alerts'];
  const set = control('node-input-alertSet') as unknown as HTMLSelectElement;
  const ownRows = (): TableRow[] | undefined => (choice?.sets[set.value]?.rules ?? choice?.rules)?.map(rowOf);
  set.addEventListener('change', () => {
    own = ownRows();
    if (own !== undefined) replaceTableRows(node, LIST, own);
  });

  return ({ alerts }) => {
    if (section !== null) section.hidden = alerts === undefined;
    const shown = readTable(LIST);
    const before = own;
    choice = alerts;
    showSets(set, alerts?.sets ?? {}, node['alertSet']);
    own = ownRows();
    const isUntouched = keptTableRows(LIST).length === 0 && (shown.length === 0 || same(shown, before));
    if (own !== undefined && isUntouched) replaceTableRows(node, LIST, own);
  };
}

/** The services among which to choose; hidden where there is no choice. */
function showSets(select: HTMLSelectElement, sets: Record<string, AlertSetData>, stored: unknown): void {
  const chosen = select.value === '' ? stored : select.value;
  const names = Object.keys(sets);
  select.replaceChildren(
    ...Object.entries(sets).map(([name, { title, description }]) => {
      const option = document.createElement('option');
      option.value = name;
      option.textContent = title;
      option.title = description;
      return option;
    }),
  );
  select.value = typeof chosen === 'string' && names.includes(chosen) ? chosen : (names[0] ?? '');
  const row = select.closest<HTMLElement>('.gridwire-alert-set');
  if (row !== null) row.hidden = names.length < 2;
}

/**
 * The thresholds to store: none where they are the contract's own, so that those of a later version apply. Without alerts
 * the service stays as it was: the first of the list is none that somebody chose, and a node that was only looked at would
 * count as changed.
 */
export function readAlerts(node: EditorNode): TableRow[] {
  if (!control('node-input-alerts').checked) {
    const set = control('node-input-alertSet') as unknown as HTMLSelectElement;
    const stored = node['alertSet'];
    set.replaceChildren(element('option', { value: typeof stored === 'string' ? stored : '' }));
  }
  const rows = rowsOf(LIST, isFilled);
  return same(rows, own) ? [] : rows;
}

/** Why the thresholds cannot work; true if they can. */
export function alertsAreValid(this: EditorNode, value: unknown): true | string {
  try {
    readAlertRules(Array.isArray(value) ? (value as TableRow[]) : [], SEVERITIES);
    return true;
  } catch (error) {
    return withoutMarkup((error as Error).message);
  }
}

/** A row that was added and left alone holds nothing but its choices. */
function isFilled({ type, member, limit }: TableRow): boolean {
  return (type ?? member ?? limit) !== undefined;
}

function rowOf({ type, member, above, below, clearAt, severity }: AlertRuleData): TableRow {
  return {
    type,
    member: member.slice(1),
    side: above === undefined ? 'below' : 'above',
    limit: String(above ?? below ?? ''),
    ...(clearAt === undefined ? {} : { clearAt: String(clearAt) }),
    severity,
  };
}

function same(rows: readonly TableRow[], others: readonly TableRow[] | undefined): boolean {
  const text = (row: TableRow): string => JSON.stringify(Object.entries(row).sort());
  return others !== undefined && rows.map(text).join() === others.map(text).join();
}
