import { element } from '../elements.js';

const ID = 'gridwire';
/** How they follow each other, whichever is added first. */
const ORDER = ['overview', 'live', 'letters', 'devices', 'grid', 'batteries'] as const;

/** One of the things that the sidebar shows. */
export interface Section {
  name: (typeof ORDER)[number];
  label: string;
  element: HTMLElement;
  /** It is before somebody's eyes from now on. */
  opened(): void;
}

interface Placed extends Section {
  tab: HTMLButtonElement;
  panel: HTMLElement;
}

/** The one tab that Gridwire has in the editor's sidebar, with what there is to see as sections of it. */
class Sidebar {
  private readonly element = element('div', { className: 'gridwire-sidebar' });
  private readonly tabs = element('div', { className: 'gridwire-sidebar-tabs' });
  private readonly sections: Placed[] = [];
  private chosen: Placed | undefined;

  constructor() {
    this.tabs.setAttribute('role', 'tablist');
    this.tabs.setAttribute('aria-label', 'Gridwire');
    this.tabs.addEventListener('keydown', (event) => this.move(event));
    this.element.append(this.tabs);
    RED.sidebar.addTab({
      ...{ id: ID, label: 'gridwire', name: 'Gridwire', iconClass: 'fa fa-bolt' },
      ...{ content: this.element, enableOnEdit: true },
      // Node-RED 4 calls before it shows the tab: what nobody sees yet would not ask for two seconds.
      onchange: () => queueMicrotask(() => this.chosen?.opened()),
    });
  }

  add(section: Section): void {
    const { name, label } = section;
    const tab = element('button', {
      ...{ id: `gridwire-sidebar-tab-${name}`, type: 'button', textContent: label },
      className: 'red-ui-button red-ui-button-small',
    });
    tab.addEventListener('click', () => this.choose(placed));
    tab.dataset['section'] = name;
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-controls', `gridwire-sidebar-${name}`);
    const panel = element('div', { id: `gridwire-sidebar-${name}`, hidden: true }, section.element);
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', tab.id);
    const placed: Placed = { ...section, tab, panel, opened: () => section.opened() };
    this.sections.push(placed);
    this.sections.sort((one, other) => ORDER.indexOf(one.name) - ORDER.indexOf(other.name));
    this.tabs.replaceChildren(...this.sections.map((each) => each.tab));
    this.element.append(panel);
    RED.actions.add(
      `gridwire:show-${name}`,
      () => {
        this.choose(placed);
        RED.sidebar.show(ID);
      },
      { label: `Gridwire: ${label}` },
    );
    // Until somebody opens one, it is the first of those that there are.
    if (this.chosen === undefined || this.sections[0] === placed) this.mark(placed);
  }

  private choose(section: Placed): void {
    this.mark(section);
    section.opened();
  }

  private mark(section: Placed): void {
    this.chosen = section;
    for (const { tab, panel } of this.sections) {
      const isChosen = tab === section.tab;
      panel.hidden = !isChosen;
      tab.classList.toggle('selected', isChosen);
      tab.setAttribute('aria-selected', String(isChosen));
      // One stop for the tab key; the arrows go on from there.
      tab.tabIndex = isChosen ? 0 : -1;
    }
  }

  private move(event: KeyboardEvent): void {
    const index = this.sections.findIndex(({ tab }) => tab === document.activeElement);
    const last = this.sections.length - 1;
    const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: last }[event.key];
    if (index < 0 || next === undefined) return;
    const section = this.sections.at(next > last ? 0 : next);
    if (section === undefined) return;
    event.preventDefault();
    this.choose(section);
    section.tab.focus();
  }
}

let sidebar: Sidebar | undefined;
const added = new Set<string>();

/** Adds a section; once, whatever Node-RED calls. */
export function addSection(name: Section['name'], make: () => Omit<Section, 'name'>): void {
  if (added.has(name)) return;
  added.add(name);
  sidebar ??= new Sidebar();
  sidebar.add({ name, ...make() });
}

/** Marks the tab itself. @returns where that is to be; undefined while the editor has none */
export function sidebarTab(): Element | null {
  // Node-RED has no place for a mark: the first is the tab's button in 5, the second in 4.
  return document.querySelector(
    `.red-ui-sidebar-tab-bar [data-tab-id="${ID}"], #red-ui-tab-${ID}-link-button`,
  );
}
