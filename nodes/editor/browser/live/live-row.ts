import { element } from '../elements.js';
import { button } from '../letters/elements.js';
import { api, type Translate } from '../red.js';

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
  const { row, at, way, node, nodeId, broker, topic, contract, type, bytes } = event;
  const body = element('pre', { className: 'gridwire-preview-example', hidden: true });
  const open = button(text('open'), () => {
    body.hidden = !body.hidden;
    open.setAttribute('aria-expanded', String(!body.hidden));
    if (!body.hidden && body.textContent === '') load();
  });
  open.setAttribute('aria-expanded', 'false');
  open.setAttribute('aria-label', text('open-which', { topic }));
  const load = (): void => {
    api<{ text?: string; hex?: string }>('GET', `gridwire/live/${viewer}/${row}`).then(
      (answer) => (body.textContent = answer.text ?? answer.hex ?? ''),
      (error: unknown) => (body.textContent = error instanceof Error ? error.message : String(error)),
    );
  };
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
      {},
      element('span', { textContent: new Date(at).toLocaleTimeString() }),
      ' ',
      icon,
      ' ',
      go,
      ' ',
      open,
    ),
    element('div', { className: 'gridwire-letters-topic', textContent: topic }),
    element('div', {
      className: 'gridwire-letters-facts',
      textContent: facts.filter((fact) => fact !== '').join(' · '),
    }),
    body,
  );
}
