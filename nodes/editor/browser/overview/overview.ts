import { conditionWords } from '../../../../src/observe/conditions/condition-words.js';
import { element } from '../elements.js';
import { KeyedList, write } from '../keyed-list.js';
import { poll } from '../poll.js';
import { api, may, type Translate } from '../red.js';
import { addSection } from '../sidebar/sidebar.js';
import { AlarmRow, type AlarmWords, type ShownAlarm } from './alarm-row.js';
import { BrokerRow, type ShownBroker } from './broker-row.js';
import { type ShownStore, StoreRow, type StoreSize } from './store-row.js';

const EVERY = 2_000;
/** What is in a store is counted, which costs the store something, milliseconds. */
const SIZES_EVERY = 10_000;

type Group = 'alarms' | 'brokers' | 'stores';

interface View {
  brokers: ShownBroker[];
  stores: ShownStore[];
  alarms: ShownAlarm[];
  /** How many there are beside those. */
  more: { critical: number; warning: number };
}

/** Adds to the sidebar how brokers and stores are doing, and which alarms there are. */
export function addOverview(translate: Translate): void {
  addSection('overview', () => {
    const text: Translate = (key, values) => translate(`gridwire-broker.overview.${key}`, values);
    const overview = new Overview(text, {
      name: (alarm) => translate(`gridwire.condition.${alarm}`),
      what: (alarm) => conditionWords({ _: translate }, alarm),
      remedy: (alarm) => translate(`gridwire.condition-remedy.${alarm}`),
    });
    return { label: text('title'), element: overview.element, opened: () => overview.opened() };
  });
}

class Overview {
  readonly element = element('div', { className: 'gridwire-overview' });
  private readonly message = element('div', { className: 'gridwire-letters-message' });
  private readonly alarms: KeyedList<ShownAlarm>;
  private readonly more = element('p', { hidden: true });
  private readonly brokers: KeyedList<ShownBroker>;
  private readonly stores: KeyedList<ShownStore>;
  private readonly none = new Map<Group, HTMLElement>();
  private readonly sizes = new Map<string, StoreSize>();
  private readonly look: () => void;
  private readonly measure: () => void;

  constructor(
    private readonly text: Translate,
    words: AlarmWords,
  ) {
    this.message.setAttribute('role', 'status');
    this.alarms = new KeyedList(
      text('alarms'),
      ({ of, key }) => `${of} ${key}`,
      () => new AlarmRow(text, words, () => this.look()),
    );
    this.brokers = new KeyedList(
      text('brokers'),
      ({ id }) => id,
      () => new BrokerRow(text),
    );
    this.stores = new KeyedList(
      text('stores'),
      ({ id }) => id,
      () => new StoreRow(text),
    );
    this.element.append(
      this.message,
      ...this.group('alarms', this.alarms.element),
      this.more,
      ...this.group('brokers', this.brokers.element),
      ...this.group('stores', this.stores.element),
    );
    this.look = poll(this.element, EVERY, () => this.ask());
    this.measure = poll(this.element, SIZES_EVERY, () => this.askSizes());
  }

  opened(): void {
    if (!may('states')) {
      this.message.textContent = this.text('no-right');
      return;
    }
    this.look();
    this.measure();
  }

  private group(name: Group, list: HTMLElement): HTMLElement[] {
    const none = element('p', { textContent: this.text(`no-${name}`), hidden: true });
    this.none.set(name, none);
    return [element('h4', { textContent: this.text(name) }), none, list];
  }

  private async ask(): Promise<void> {
    try {
      const view = await api<View>('GET', 'gridwire/overview');
      this.message.textContent = '';
      this.alarms.show(view.alarms);
      this.showMore(view.more);
      this.brokers.show(view.brokers);
      this.stores.show(view.stores.map((store) => ({ ...store, size: this.sizes.get(store.id) })));
      for (const [name, none] of this.none) none.hidden = view[name].length > 0;
    } catch (error) {
      this.message.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  private showMore({ critical, warning }: View['more']): void {
    const count = critical + warning;
    this.more.hidden = count === 0;
    write(this.more, count === 0 ? '' : this.text('more-alarms', { count, critical, warning }));
  }

  private async askSizes(): Promise<void> {
    try {
      const { stores } = await api<{ stores: StoreSize[] }>('GET', 'gridwire/overview/stores');
      this.sizes.clear();
      for (const store of stores) this.sizes.set(store.id, store);
    } catch {
      // The other question says what is wrong.
    }
  }
}
