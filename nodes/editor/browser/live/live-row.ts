import { element } from '../elements.js';
import { button, confirmed, labelled, listOf } from '../letters/elements.js';
import { plainTopic } from '../plain-text.js';
import { api, may, type Translate } from '../red.js';
import { timeOfDay } from '../written.js';

/** What `GET /gridwire/live` says of an event. */
export interface ShownEvent {
  row: number;
  at: number;
  way: 'in' | 'out';
  node: string;
  nodeId: string;
  broker: string;
  topic: string;
  contract: string;
  type: string;
  bytes: number;
}

/** One event: when, which way, where, and on request what it holds. */
export function liveRow(text: Translate, viewer: string, event: ShownEvent): HTMLLIElement {
  const { at, way, node, nodeId, broker, contract, type, bytes } = event;
  const topic = plainTopic(event.topic);
  const opened = element('div', { hidden: true });
  const open = button(text('open'), () => {
    opened.hidden = !opened.hidden;
    open.setAttribute('aria-expanded', String(!opened.hidden));
    if (opened.childElementCount === 0) opened.append(...openedRow(text, viewer, event));
  });
  open.setAttribute('aria-expanded', 'false');
  open.setAttribute('aria-label', text('open-which', { topic }));
  const go = button(node, () => RED.view.reveal(nodeId));
  go.setAttribute('aria-label', text('go-to', { name: node }));
  const icon = element('i', { className: `fa fa-arrow-${way === 'in' ? 'right' : 'left'}` });
  icon.setAttribute('aria-hidden', 'true');
  const kind = [contract, type].filter((part) => part !== '').join(' ');
  const facts = [text(`way.${way}`), broker, kind, text('bytes', { count: bytes })];
  return element(
    'li',
    {},
    element(
      'div',
      { className: 'gridwire-letters-buttons' },
      element('span', { textContent: timeOfDay(at) }),
      icon,
      go,
      open,
    ),
    element('div', { className: 'gridwire-letters-topic', textContent: topic }),
    element('div', {
      className: 'gridwire-letters-facts',
      textContent: facts.filter((fact) => fact !== '').join(' · '),
    }),
    opened,
  );
}

/** What an event holds, and for who may do that the way to publish it again. */
function openedRow(text: Translate, viewer: string, { row, broker, ...event }: ShownEvent): HTMLElement[] {
  const topic = plainTopic(event.topic);
  const url = `gridwire/live/${viewer}/${row}`;
  const body = element('pre', { className: 'gridwire-preview-example' });
  api<{ text?: string; hex?: string }>('GET', url).then(
    (answer) => (body.textContent = answer.text ?? answer.hex ?? ''),
    (error: unknown) => (body.textContent = messageOf(error)),
  );
  if (!may('repair')) return [body];
  const commands = element('input', { type: 'text', spellcheck: false });
  const answer = element('div', { className: 'gridwire-test-answer' });
  answer.setAttribute('role', 'status');
  const publish = (): void => {
    answer.textContent = '…';
    api('POST', `${url}/publish`, { commands: listOf(commands.value) }).then(
      () => (answer.textContent = text('published')),
      (error: unknown) => (answer.textContent = messageOf(error)),
    );
  };
  const verb = text('publish-again');
  const again = button(verb, () =>
    confirmed(text, text('publish-again-question', { topic, broker }), verb, publish),
  );
  again.setAttribute('aria-label', text('publish-again-which', { topic }));
  return [
    body,
    ...(may('commands') ? [labelled(text('commands'), commands)] : []),
    element('div', { className: 'gridwire-letters-buttons' }, again),
    answer,
  ];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
