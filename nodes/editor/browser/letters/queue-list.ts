import { plainTopic } from '../plain-text.js';
import type { Queue, QueuedMessage, QueueKind, StoreApi } from './api.js';
import { OrphanActions } from './orphan-actions.js';
import { age, button, confirmed, element, reasonLines, type Translate } from './elements.js';
import { storeRights } from './rights.js';

const KINDS: readonly QueueKind[] = ['outbox', 'parked'];

/** What waits in a store: for a broker (outbox), or for its next attempt (parked). */
export class QueueList {
  readonly element = element('div', { className: 'gridwire-letters-view' });
  private readonly message = element('div', { className: 'gridwire-letters-message' });
  private readonly list = element('div');
  private store: StoreApi | undefined;

  private readonly orphan: OrphanActions;

  constructor(private readonly text: Translate) {
    this.orphan = new OrphanActions(
      text,
      (store) => this.show(store),
      (error) => this.tell(error),
    );
    this.message.setAttribute('role', 'status');
    this.element.append(this.message, this.list);
  }

  show(store: StoreApi | undefined): void {
    this.store = store;
    this.list.replaceChildren();
    store?.queues().then(
      (queues) => {
        if (this.store !== store) return;
        const empty = KINDS.every((kind) => queues[kind].length === 0);
        this.message.textContent = empty ? this.text('nothing-waits') : '';
        this.list.replaceChildren(
          ...KINDS.flatMap((kind) => queues[kind].map((queue) => this.row(store, kind, queue))),
        );
      },
      (error: unknown) => this.tell(error),
    );
  }

  private row(store: StoreApi, kind: QueueKind, waiting: Queue): HTMLDetailsElement {
    const { text } = this;
    const { queue, count, oldestAt, owner } = waiting;
    const name = owner === undefined ? queue : owner.name || owner.type.replace('gridwire-', '');
    const messages = element('ul', { className: 'gridwire-letters-list' });
    const all = button(text('discard-queue'), () => {
      confirmed(text, text('discard-all-queued-question', { count }), text('discard'), () =>
        this.discard(store, kind, queue, { all: true }),
      );
    });
    const row = element(
      'details',
      {},
      element(
        'summary',
        { title: queue },
        element('b', { textContent: `${text(`queue.${kind}`)}: ${name}` }),
        ` ${text('queued', { count })}, ${text('oldest', { age: age(text, oldestAt) })}`,
      ),
      ...(owner === undefined ? [element('p', { textContent: text('no-owner') })] : []),
      ...(owner === undefined && kind === 'outbox' ? [this.orphan.actions(store, waiting)] : []),
      ...(owner !== undefined && kind === 'outbox' ? [element('p', { textContent: text('under-way') })] : []),
      ...(storeRights.repairs() ? [all] : []),
      messages,
    );
    row.addEventListener('toggle', () => {
      if (!row.open || !storeRights.seesPayloads()) return;
      store.queued(kind, queue).then(
        (found) => messages.replaceChildren(...found.map((one) => this.item(store, kind, queue, one))),
        (error: unknown) => this.tell(error),
      );
    });
    return row;
  }

  private item(store: StoreApi, kind: QueueKind, queue: string, message: QueuedMessage): HTMLLIElement {
    const { text } = this;
    const discard = button(text('discard'), () => {
      confirmed(text, text('discard-queued-question'), text('discard'), () =>
        this.discard(store, kind, queue, { ids: [message.id] }),
      );
    });
    discard.setAttribute('aria-label', `${text('discard')} ${plainTopic(message.topic)}`);
    const facts = [age(text, message.since), text('bytes', { count: message.bytes })];
    if (message.attempts !== undefined) facts.push(text('attempts', { count: message.attempts }));
    return element(
      'li',
      {},
      element('div', { className: 'gridwire-letters-topic', textContent: plainTopic(message.topic) }),
      element('div', { className: 'gridwire-letters-facts', textContent: facts.join(' · ') }),
      reasonLines(message.reason ?? ''),
      element('div', { className: 'gridwire-letters-buttons' }, ...(storeRights.repairs() ? [discard] : [])),
    );
  }

  private discard(
    store: StoreApi,
    kind: QueueKind,
    queue: string,
    which: Parameters<StoreApi['discardQueued']>[2],
  ): void {
    store.discardQueued(kind, queue, which).then(
      () => this.show(store),
      (error: unknown) => this.tell(error),
    );
  }

  private tell(error: unknown): void {
    this.message.textContent = error instanceof Error ? error.message : String(error);
  }
}
