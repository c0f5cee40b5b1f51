import { element } from './elements.js';
import { type EditorNode, api, control } from './red.js';

interface Answer {
  name?: string;
  types?: { name: string; topic: string }[];
  notes?: string[];
  error?: { code: string; message: string };
}

/** The button of the contract's panel: which event types the pasted document gives, and what is not carried over. */
export function showContractCheck(node: EditorNode): void {
  const place = control<HTMLElement>('gridwire-contract-answer');
  const text = (key: string, values?: Record<string, string | number>): string =>
    node._(`gridwire-contract.check.${key}`, values);
  const show = ({ types = [], notes = [], error }: Answer): void => {
    if (error !== undefined) {
      place.replaceChildren(element('div', { className: 'gridwire-fault', textContent: error.message }));
      return;
    }
    place.replaceChildren(
      element('div', { textContent: text('types', { count: types.length }) }),
      list(types.map(({ name, topic }) => `${name}: ${topic}`)),
      element('div', { textContent: text(notes.length === 0 ? 'complete' : 'notes') }),
      list(notes),
    );
  };
  control<HTMLButtonElement>('gridwire-contract-check').addEventListener('click', () => {
    place.textContent = '…';
    api<Answer>('POST', 'gridwire/contract/check', { document: control('node-config-input-document').value })
      .then(show)
      .catch((failure: unknown) => {
        show({ error: { code: '', message: text('failed', { reason: String(failure) }) } });
      });
  });
}

function list(texts: readonly string[]): HTMLElement {
  return element('ul', {}, ...texts.map((textContent) => element('li', { textContent })));
}
