import { type Trouble, troubleList } from '../node-state.js';
import { api } from '../red.js';
import { button, element, type Translate } from './elements.js';

interface NodeTroubles {
  id: string;
  type: string;
  name: string;
  troubles: Trouble[];
}

/** What is wrong now with any of the deployed nodes, each with its whole sentence. */
export class TroubleList {
  readonly element = element('div', { className: 'gridwire-letters-view' });
  private readonly message = element('div', { className: 'gridwire-letters-message' });
  private readonly list = element('ul', { className: 'gridwire-letters-list' });

  constructor(private readonly text: Translate) {
    this.message.setAttribute('role', 'status');
    this.list.setAttribute('aria-label', text('view.wrong'));
    this.element.append(
      this.message,
      this.list,
      button(text('look-again'), () => this.show()),
    );
  }

  show(): void {
    api<{ nodes: NodeTroubles[] }>('GET', 'gridwire/status').then(
      ({ nodes }) => {
        this.message.textContent = nodes.length === 0 ? this.text('nothing-wrong') : '';
        this.list.replaceChildren(...nodes.map((node) => this.row(node)));
      },
      (error: unknown) => (this.message.textContent = error instanceof Error ? error.message : String(error)),
    );
  }

  private row({ id, type, name, troubles }: NodeTroubles): HTMLLIElement {
    const label = name === '' ? type.replace('gridwire-', '') : name;
    const go = button(label, () => RED.view.reveal(id));
    go.setAttribute('aria-label', this.text('go-to', { name: label }));
    return element('li', {}, go, ...troubleList(troubles));
  }
}
