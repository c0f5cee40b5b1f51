import type { Queue, StoreApi } from './api.js';
import { button, choices, download, element, labelledAbove, type Translate } from './elements.js';
import { storeRights } from './rights.js';

/** What can be done about a queue that no deployed node works on, beside discarding it. */
export class OrphanActions {
  /** @param done something has changed; @param failed it has not */
  constructor(
    private readonly text: Translate,
    private readonly done: (store: StoreApi) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  actions(store: StoreApi, waiting: Queue): HTMLElement {
    const { text } = this;
    const save = button(text('export'), () => {
      store
        .exportQueue(waiting.queue)
        .then((lines) => download(`${waiting.queue.replace(/[^\w-]+/g, '-')}.jsonl`, lines), this.failed);
    });
    return element(
      'div',
      {},
      ...(storeRights.sendsCommands() ? [this.sending(store, waiting)] : []),
      ...(storeRights.seesPayloads() ? [save] : []),
    );
  }

  private sending(store: StoreApi, { queue, senders = [] }: Queue): HTMLElement {
    const { text } = this;
    if (senders.length === 0) return element('p', { textContent: text('no-sender') });
    const node = element('select');
    choices(
      node,
      senders.map(({ id, type, name }) => ({
        value: id,
        label: name === '' ? `${type.replace('gridwire-', '')} ${id}` : name,
      })),
    );
    const send = button(text('send'), () => {
      store.sendThrough(queue, node.value).then(() => this.done(store), this.failed);
    });
    return element('div', {}, labelledAbove(text('send-through'), node), send);
  }
}
