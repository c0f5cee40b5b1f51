import { StoreApi } from './api.js';
import { Badge } from './badge.js';
import { AuditList } from './audit-list.js';
import { button, choices, element, labelled, type Translate } from './elements.js';
import { LetterCounts } from './letter-counts.js';
import { LetterList } from './letter-list.js';
import { QueueList } from './queue-list.js';
import { storeRights } from './rights.js';
import { addSection } from '../sidebar/sidebar.js';
import { TroubleList } from './trouble-list.js';

const STORE_TYPE = 'gridwire-store';

/** Adds the dead letters of the deployed stores to the sidebar. */
export function addLetters(translate: Translate): void {
  addSection('letters', () => {
    const text: Translate = (key, values) => translate(`gridwire-replay.letters.${key}`, values);
    const letters = new Letters(text);
    return { label: text('title'), element: letters.element, opened: () => letters.opened() };
  });
}

interface View {
  readonly element: HTMLElement;
  show(store: StoreApi | undefined): void;
}

type Views = Partial<Record<'letters' | 'queues' | 'log' | 'wrong', View>>;

/**
 * Chooses a store, and what to see of it: its dead letters, what waits in it, or its audit log; and what is wrong with
 * any node.
 */
class Letters {
  readonly element = element('div', { className: 'gridwire-letters' });
  private readonly store = element('select');
  private readonly none: HTMLElement;
  private readonly tabs = element('div', { className: 'gridwire-letters-tabs' });
  private readonly views: Views;
  private view: View | undefined;
  private readonly badge: Badge;

  constructor(private readonly text: Translate) {
    this.views = viewsFor(text);
    const seesAny = Object.keys(this.views).length > 0;
    this.none = element('p', { textContent: text(seesAny ? 'no-store' : 'no-right') });
    this.tabs.setAttribute('role', 'tablist');
    for (const [name, view] of Object.entries(this.views)) this.tabs.append(this.tab(name, view));
    this.store.addEventListener('change', () => this.draw());
    this.element.append(
      labelled(text('store'), this.store),
      this.none,
      this.tabs,
      ...Object.values(this.views).map((view) => view.element),
    );
    RED.events.on('deploy', () => this.opened());
    this.badge = new Badge(text, () => storesOfFlows().map(({ value }) => value));
    this.badge.look();
    this.choose(this.views.letters);
  }

  /** Lists the stores of the flows, and shows what lies in the chosen one now. */
  opened(): void {
    const found = storesOfFlows();
    this.badge.look();
    choices(this.store, found);
    this.none.hidden = found.length > 0 && this.view !== undefined;
    this.draw();
  }

  private tab(name: string, view: View): HTMLButtonElement {
    const tab = button(this.text(`view.${name}`), () => {
      this.choose(view);
      this.draw();
    });
    tab.setAttribute('role', 'tab');
    tab.dataset['view'] = name;
    return tab;
  }

  private choose(view: View | undefined): void {
    this.view = view;
    for (const [name, each] of Object.entries(this.views)) {
      each.element.hidden = each !== view;
      const tab = this.tabs.querySelector<HTMLElement>(`[data-view="${name}"]`);
      tab?.classList.toggle('selected', each === view);
      tab?.setAttribute('aria-selected', String(each === view));
    }
  }

  private draw(): void {
    this.view?.show(this.store.value === '' ? undefined : new StoreApi(this.store.value));
  }
}

/** Only what the person at the editor may see. */
function viewsFor(text: Translate): Views {
  if (storeRights.seesPayloads()) {
    return {
      letters: new LetterList(text),
      queues: new QueueList(text),
      log: new AuditList(text),
      wrong: new TroubleList(text),
    };
  }
  if (!storeRights.seesStates()) return {};
  return { letters: new LetterCounts(text), queues: new QueueList(text), wrong: new TroubleList(text) };
}

function storesOfFlows(): { value: string; label: string }[] {
  const found: { value: string; label: string }[] = [];
  RED.nodes.eachConfig((node) => {
    if (node.type !== STORE_TYPE) return;
    const name = typeof node.name === 'string' && node.name !== '' ? node.name : node.id;
    found.push({ value: node.id, label: name });
  });
  return found;
}
