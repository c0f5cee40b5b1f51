import { element } from './elements.js';
import { type EditorNode, control } from './red.js';

/** A field of a node that names a config node, and the type of that. */
type ConfigFields = Readonly<Record<string, string>>;

const BROKER = 'gridwire-broker';

/** The config nodes of a type that are not disabled. */
function configsOf(type: string): EditorNode[] {
  const found: EditorNode[] = [];
  RED.nodes.eachConfig((config) => {
    if (config.type === type && config['d'] !== true) found.push(config);
  });
  return found;
}

/**
 * A node that was just dragged from the palette takes the only broker and the only store there is. The panel shows the
 * choice, and nodes that are there already, or come by import, stay as they are.
 */
export function takeOnly(node: EditorNode, fields: ConfigFields): void {
  // The palette gives a new node no value here; an import gives one, be it empty.
  if (Object.keys(fields).some((field) => node[field] !== undefined)) return;
  for (const [field, type] of Object.entries(fields)) {
    const [only, ...others] = configsOf(type);
    if (only !== undefined && others.length === 0) node[field] = only.id;
  }
}

/** Where the flows have no broker yet, offers one that runs inside Node-RED, with one click. */
export function offerMemoryBroker(node: EditorNode): void {
  const offer = control<HTMLElement>('gridwire-broker-offer');
  const select = control<HTMLSelectElement>('node-input-broker');
  offer.hidden = configsOf(BROKER).length > 0;
  control<HTMLElement>('gridwire-broker-offer-take').addEventListener('click', (event) => {
    event.preventDefault();
    const { id, name } = newMemoryBroker(node);
    select.prepend(element('option', { value: id, textContent: name }));
    select.value = id;
    $(select).trigger('change');
    offer.hidden = true;
  });
}

function newMemoryBroker(node: EditorNode): { id: string; name: string } {
  const defaults = RED.nodes.getType(BROKER)?.defaults ?? {};
  const values = Object.fromEntries(Object.entries(defaults).map(([field, { value }]) => [field, value]));
  const name = node._('gridwire.offer.memory-broker');
  const broker = { ...values, id: 'broker', type: BROKER, name, transport: 'memory' };
  const made = RED.nodes.import([broker], { generateIds: true, markChanged: true });
  const id = made.nodes[0]?.id ?? '';
  RED.history.push({ t: 'add', nodes: [id], dirty: RED.nodes.dirty() });
  RED.nodes.dirty(true);
  return { id, name };
}
