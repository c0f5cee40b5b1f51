import { element } from './elements.js';
import { told } from './notify.js';
import { type EditorNode, api } from './red.js';
import { languageOfWords } from './written.js';

/** What the runtime says is wrong with a node (`nodes/runtime/status-board.ts`). */
export interface Trouble {
  text: string;
  colour: string;
  code?: string;
  sentence?: string;
  remedy?: string;
  happened: boolean;
}

/**
 * Shows on top of the open panel what is wrong with the deployed node: each trouble with its whole sentence and what to do
 * about it. What has happened stays in the node's status until somebody says here to have seen it.
 */
export function showState(node: EditorNode): void {
  const panel = document.querySelector<HTMLElement>('.red-ui-tray:last-child .gridwire-panel');
  if (panel === null) return;
  const box = element('div', { className: 'gridwire-state', hidden: true });
  box.setAttribute('role', 'status');
  panel.prepend(box);
  const draw = ({ troubles }: { troubles: Trouble[] }): void => {
    box.hidden = troubles.length === 0;
    box.replaceChildren(
      ...troubleList(troubles),
      ...(troubles.some(({ happened }) => happened) ? [seen] : []),
    );
  };
  const path = `gridwire/status/${encodeURIComponent(node.id)}`;
  const seen = element('button', {
    type: 'button',
    className: 'red-ui-button red-ui-button-small',
    textContent: node._('gridwire.state.seen'),
  });
  seen.addEventListener('click', () => told(ask('POST', `${path}/seen`, draw)));
  told(ask('GET', path, draw));
}

/** One line for each, below it its sentence, and what to do in the reader's language; text only. */
export function troubleList(troubles: readonly Trouble[]): HTMLElement[] {
  return troubles.map(({ text, colour, code, sentence, remedy }) => {
    const icon = element('i', { className: `fa fa-circle gridwire-trouble-${colour}` });
    icon.setAttribute('aria-hidden', 'true');
    const words = element('b', { textContent: text });
    const lines = [sentence, toOthers(remedy)].flatMap((textContent) =>
      textContent === undefined ? [] : [element('div', { textContent })],
    );
    const mark =
      code === undefined ? [] : [element('span', { className: 'gridwire-mark', textContent: code })];
    return element(
      'div',
      { className: 'gridwire-trouble' },
      icon,
      element('div', {}, words, ...mark, ...lines),
    );
  });
}

const SENTENCES = 'English';

/** The sentences of errors are English, and say what to do; to all others that is said in their language. */
export function toOthers(remedy: string | undefined): string | undefined {
  return languageOfWords() === SENTENCES ? undefined : remedy;
}

async function ask(
  method: 'GET' | 'POST',
  path: string,
  draw: (answer: { troubles: Trouble[] }) => void,
): Promise<void> {
  try {
    draw(method === 'GET' ? await api('GET', path) : await api('POST', path, {}));
  } catch {
    // Who may not read the flows sees no state.
  }
}
