import type { TypeEntry } from './catalogue.js';
import { element } from './elements.js';
import { type EditorNode, control } from './red.js';

/** How far left of the node its inject node is put, pixels of the canvas. */
const DISTANCE = 220;

/**
 * Shows a button that puts an inject node with the example of the chosen type before the node.
 * @param type undefined where the message decides about the type
 */
export function offerInject(node: EditorNode, type: TypeEntry | undefined): void {
  const box = control<HTMLElement>('gridwire-try-it');
  box.hidden = type === undefined;
  const button = element('button', {
    type: 'button',
    className: 'red-ui-button',
    textContent: node._('gridwire.offer.try-it'),
  });
  const done = element('span');
  done.setAttribute('role', 'status');
  done.tabIndex = -1;
  button.addEventListener('click', () => {
    if (type !== undefined) addInject(node, type);
    button.disabled = true;
    done.textContent = node._('gridwire.offer.try-it-done');
    // A button that is disabled drops the focus, and whoever works by keyboard would be outside the panel.
    done.focus();
  });
  box.replaceChildren(button, done);
}

function addInject(node: EditorNode, type: TypeEntry): void {
  const parameters = notInExample(type);
  const isComplete = Object.keys(parameters).length === 0;
  const inject = {
    id: 'inject',
    type: 'inject',
    z: node['z'],
    name: node._('gridwire.offer.example'),
    props: [
      { p: 'payload' },
      // What the panel says goes before it.
      ...(isComplete ? [] : [{ p: 'parameters', v: JSON.stringify(parameters), vt: 'json' }]),
    ],
    payload: JSON.stringify(type.example),
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

/** The topic's parameters of the example that its payload does not hold: whoever changes the payload changes the others. */
function notInExample({ parameters, example, exampleParameters }: TypeEntry): Record<string, string> {
  const isHeld = (name: string): boolean =>
    (parameters.find((each) => each.name === name)?.from ?? []).some((from) => isThere(example, from));
  return Object.fromEntries(Object.entries(exampleParameters).filter(([name]) => !isHeld(name)));
}

/** @param pointer where in the document, as `/site/id` */
function isThere(document: unknown, pointer: string): boolean {
  let found = document;
  for (const member of pointer.split('/').slice(1)) {
    if (typeof found !== 'object' || found === null) return false;
    found = (found as Record<string, unknown>)[member];
  }
  return found !== undefined && found !== null;
}
