import { element } from './elements.js';
import { type EditorNode, control } from './red.js';

/** How far left of the node its inject node is put, pixels of the canvas. */
const DISTANCE = 220;

/**
 * Shows a button that puts an inject node with the example of the chosen type before the node.
 * @param example what the type's payload looks like; undefined where the message decides about the type
 */
export function offerInject(node: EditorNode, example: unknown): void {
  const box = control<HTMLElement>('gridwire-try-it');
  box.hidden = example === undefined;
  const button = element('button', {
    type: 'button',
    className: 'red-ui-button',
    textContent: node._('gridwire.offer.try-it'),
  });
  const done = element('span');
  done.setAttribute('role', 'status');
  done.tabIndex = -1;
  button.addEventListener('click', () => {
    addInject(node, example);
    button.disabled = true;
    done.textContent = node._('gridwire.offer.try-it-done');
    // A button that is disabled drops the focus, and whoever works by keyboard would be outside the panel.
    done.focus();
  });
  box.replaceChildren(button, done);
}

function addInject(node: EditorNode, example: unknown): void {
  const inject = {
    id: 'inject',
    type: 'inject',
    z: node['z'],
    name: node._('gridwire.offer.example'),
    props: [{ p: 'payload' }],
    payload: JSON.stringify(example),
    payloadType: 'json',
    repeat: '',
    once: false,
    topic: '',
    x: Math.max(120, Number(node['x']) - DISTANCE),
    y: Number(node['y']),
    wires: [[]],
  };
  const made = RED.nodes.import([inject], { generateIds: true, markChanged: true });
  const source = made.nodes[0] && RED.nodes.node(made.nodes[0].id);
  if (!source) return;
  const link = { source, sourcePort: 0, target: node };
  RED.nodes.addLink(link);
  RED.history.push({ t: 'add', nodes: [source.id], links: [link], dirty: RED.nodes.dirty() });
  RED.nodes.dirty(true);
  RED.view.redraw(true);
}
