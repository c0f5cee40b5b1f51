import {
  type ContractDescription,
  type ContractEntry,
  type TypeEntry,
  contracts,
  describe,
} from './catalogue.js';
import { type EditorNode, control } from './red.js';
import { notify } from './notify.js';

export interface ContractPanelOptions {
  /** Only contracts that say how telemetry becomes events. */
  ingestOnly?: boolean;
  /** Offers "no contract". */
  optional?: boolean;
  /** Called whenever the choice has changed; `type` is undefined where the message decides. */
  onChange?: (choice: ContractChoice) => void;
}

export interface ContractChoice {
  contract: string;
  dialect: string;
  prefix: string;
  type: TypeEntry | undefined;
  switches: ContractDescription['switches'];
  alerts?: ContractDescription['alerts'];
}

/** What the contract's drop-down holds for a contract of the user's own. */
const OWN_CONTRACT = 'own';

interface Option {
  value: string;
  label: string;
}

/**
 * Fills the drop-downs for contract, dialect and event type from the runtime's catalogue and keeps them in step. The
 * stored values are put in at once, so that closing the panel before the answer has come loses nothing.
 */
export function contractPanel(node: EditorNode, options: ContractPanelOptions = {}): void {
  const contract = control<HTMLSelectElement>('node-input-contract');
  const dialect = control<HTMLSelectElement>('node-input-dialect');
  const type = document.getElementById('node-input-eventType') as HTMLSelectElement | null;
  // A panel that has no such row does not offer contracts of one's own.
  const own = document.getElementById('node-input-ownContract');
  // Answers come when they come; of a panel that was closed before, the rows are gone, or another panel's.
  const isOpen = (): boolean => document.contains(contract);
  const stored = (property: string): string => (typeof node[property] === 'string' ? node[property] : '');
  const none = { value: '', label: node._('gridwire.panel.no-contract') };
  const anyType = { value: '', label: node._('gridwire.panel.type-of-message') };

  fill(contract, [{ value: stored('contract'), label: stored('contract') }], stored('contract'));
  fill(dialect, [{ value: stored('dialect'), label: stored('dialect') }], stored('dialect'));
  if (type !== null)
    fill(type, [{ value: stored('eventType'), label: stored('eventType') }], stored('eventType'));

  const showDialects = (entry: ContractEntry | undefined, chosen: string): void => {
    const documented = { value: 'documented', label: node._('gridwire.panel.documented') };
    fill(
      dialect,
      [documented, ...(entry?.dialects ?? []).map(({ name, title }) => ({ value: name, label: title }))],
      chosen,
    );
    const row = dialect.closest<HTMLElement>('.form-row');
    if (row !== null) row.hidden = entry === undefined || entry.dialects.length === 0;
    const ownRow = own?.closest<HTMLElement>('.form-row');
    if (ownRow) ownRow.hidden = contract.value !== OWN_CONTRACT;
  };

  /** What a contract that cannot be described has. */
  const nothing = (why: string, values: Record<string, string> = {}): ContractDescription => {
    notify(node._(why, values), { type: 'warning' });
    return { name: contract.value, dialect: 'documented', prefix: '', switches: [], types: [] };
  };

  const describeChosen = async (offered: readonly ContractEntry[]): Promise<ContractDescription> => {
    if (contract.value === OWN_CONTRACT) {
      const id = control<HTMLSelectElement>('node-input-ownContract').value;
      return describe(`node:${id}`, 'documented').catch(() => nothing('gridwire.panel.own-not-deployed'));
    }
    // A flow of another version, or one that was written by hand, may name what there is not.
    const entry = offered.find(({ name }) => name === contract.value);
    if (entry === undefined) return nothing('gridwire.panel.unknown-contract', { contract: contract.value });
    const isKnown =
      dialect.value === 'documented' || entry.dialects.some(({ name }) => name === dialect.value);
    if (!isKnown) return nothing('gridwire.panel.unknown-dialect', { dialect: dialect.value });
    return describe(contract.value, dialect.value);
  };

  /** Answers may overtake one another; the last choice counts. */
  let asked = 0;
  const showTypes = async (offered: readonly ContractEntry[], chosen: string): Promise<void> => {
    const turn = (asked += 1);
    const typeRow = type?.closest<HTMLElement>('.form-row');
    if (typeRow) typeRow.hidden = contract.value === '';
    if (contract.value === '') {
      options.onChange?.({ contract: '', dialect: 'documented', prefix: '', type: undefined, switches: [] });
      return;
    }
    const description = await describeChosen(offered);
    if (turn !== asked || !isOpen()) return;
    if (type !== null) {
      fill(
        type,
        [
          anyType,
          ...description.types.map(({ name, title }) => ({ value: name, label: `${title} (${name})` })),
        ],
        chosen,
      );
    }
    options.onChange?.({
      contract: contract.value,
      dialect: dialect.value,
      prefix: description.prefix,
      switches: description.switches,
      ...(description.alerts === undefined ? {} : { alerts: description.alerts }),
      type: description.types.find(({ name }) => name === type?.value),
    });
  };

  const failed = (error: unknown): void => {
    notify(node._('gridwire.panel.catalogue-failed', { reason: String(error) }), { type: 'error' });
  };

  contracts()
    .then(async (all) => {
      if (!isOpen()) return;
      const offered = all.filter(({ ingests }) => ingests || options.ingestOnly !== true);
      const entryOf = (name: string): ContractEntry | undefined =>
        offered.find((entry) => entry.name === name);
      const entries = offered.map(({ name, title }) => ({ value: name, label: title }));
      if (own !== null) entries.push({ value: OWN_CONTRACT, label: node._('gridwire.panel.own-contract') });
      fill(contract, options.optional === true ? [none, ...entries] : entries, stored('contract'));
      showDialects(entryOf(contract.value), stored('dialect'));
      contract.addEventListener('change', () => {
        showDialects(entryOf(contract.value), 'documented');
        showTypes(offered, '').catch(failed);
      });
      dialect.addEventListener('change', () => {
        showTypes(offered, type?.value ?? '').catch(failed);
      });
      $('#node-input-ownContract').on('change', () => {
        // Node-RED also fires this when the panel opens, so the chosen type must stay.
        if (contract.value === OWN_CONTRACT) showTypes(offered, type?.value ?? '').catch(failed);
      });
      type?.addEventListener('change', () => {
        showTypes(offered, type.value).catch(failed);
      });
      await showTypes(offered, stored('eventType'));
    })
    .catch(failed);
}

/** Sets the options of a drop-down; a chosen value that is not among them is kept and shown as it is. */
function fill(select: HTMLSelectElement, options: Option[], chosen: string): void {
  const all =
    chosen === '' || options.some(({ value }) => value === chosen)
      ? options
      : [...options, { value: chosen, label: chosen }];
  select.replaceChildren(
    ...all.map(({ value, label }) => {
      const option = document.createElement('option');
      option.value = value;
      option.textContent = label;
      return option;
    }),
  );
  select.value = chosen === '' ? (all[0]?.value ?? '') : chosen;
}
