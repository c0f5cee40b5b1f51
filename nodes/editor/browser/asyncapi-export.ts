import { contracts } from './catalogue.js';
import { element, formRow } from './elements.js';
import { type Translate, api } from './red.js';
import { notify, told } from './notify.js';

/** The choice that stands for what the deployed flows send and receive. */
const FLOWS = 'flows';

/** Shows the deployed flows, or a contract in one of its dialects, as an AsyncAPI 3 document to copy or save. */
export function exportAsyncApi(): void {
  const definition = RED.nodes.getType('gridwire-contract');
  if (definition === undefined) return;
  const text: Translate = (key, values) => definition._(`gridwire-contract.export.${key}`, values);
  const choice = element('select', { id: 'gridwire-export-choice' });
  const shown = element('textarea', {
    id: 'gridwire-export-text',
    rows: 24,
    readOnly: true,
    spellcheck: false,
  });
  const show = (): void => {
    api<object>(
      'GET',
      choice.value === FLOWS ? 'gridwire/asyncapi' : `gridwire/contracts/${choice.value}/asyncapi`,
    )
      .then((document) => {
        shown.value = JSON.stringify(document, null, 2);
      })
      .catch((failure: unknown) => {
        shown.value = text('failed', { reason: String(failure) });
      });
  };
  choice.addEventListener('change', show);
  told(fillChoice(choice, text).then(show));
  RED.tray.show({
    title: text('title'),
    width: 700,
    buttons: [
      { text: text('close'), click: () => RED.tray.close() },
      { id: 'gridwire-export-copy', text: text('copy'), click: () => told(copy(shown, text)) },
      {
        ...{ id: 'gridwire-export-save', text: text('save'), class: 'primary' },
        click: () => save(`${choice.value.replaceAll('/', '-')}.asyncapi.json`, shown.value),
      },
    ],
    open: (tray) =>
      tray
        .find('.red-ui-tray-body')[0]
        .append(
          element(
            'form',
            { className: 'gridwire-panel gridwire-dialog', onsubmit: () => false },
            element('p', { textContent: text('intro') }),
            formRow(text('what'), choice),
            formRow(text('document'), shown),
          ),
        ),
  });
}

async function fillChoice(choice: HTMLSelectElement, text: Translate): Promise<void> {
  const option = (value: string, label: string): HTMLOptionElement =>
    element('option', { value, textContent: label });
  choice.append(option(FLOWS, text('flows')));
  for (const { name, title, dialects } of await contracts()) {
    choice.append(option(`${name}/documented`, title));
    for (const dialect of dialects)
      choice.append(option(`${name}/${dialect.name}`, `${title}: ${dialect.title}`));
  }
  RED.nodes.eachConfig(({ id, type, name }) => {
    if (type !== 'gridwire-contract') return;
    choice.append(option(`node:${id}/documented`, typeof name === 'string' && name !== '' ? name : id));
  });
}

async function copy(shown: HTMLTextAreaElement, text: Translate): Promise<void> {
  shown.select();
  try {
    await navigator.clipboard.writeText(shown.value);
  } catch {
    // Without https the browser gives no clipboard; the text is selected, for the keyboard.
    return;
  }
  notify(text('copied'), { type: 'success' });
}

function save(name: string, document: string): void {
  const address = URL.createObjectURL(new Blob([document], { type: 'application/json' }));
  element('a', { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
