import type { EditorNode } from './red.js';

/** How far below what is selected a new node comes, pixels of the canvas. */
const STEP = 60;
/** Where the first node of an empty flow stands: clear of what "try it" puts before it. */
const FIRST = { x: 400, y: 100 };

const added = new Set<string>();

/**
 * Gives each node of the palette an action: Node-RED has no key that brings a node into a flow, and without a mouse
 * nobody could begin.
 */
export function addNodeActions(): void {
  RED.events.on('registry:node-type-added', (subject) => {
    const type = String(subject);
    const definition = RED.nodes.getType(type);
    if (!type.startsWith('gridwire-') || definition === undefined || added.has(type)) return;
    if (definition.category === 'config') return;
    added.add(type);
    const node = definition.paletteLabel?.call(definition) ?? type;
    const label = `Gridwire: ${definition._('gridwire.add', { node })}`;
    RED.actions.add(`gridwire:add-${type.replace('gridwire-', '')}`, () => addNode(type), { label });
  });
}

/** Puts a node below what is selected, and selects it. */
function addNode(type: string): void {
  const flow = RED.workspaces.active();
  if (flow === 0 || RED.workspaces.isLocked()) return;
  const [selected] = RED.view.selection().nodes ?? [];
  const { node: made, historyEvent } = RED.view.createNode(type);
  const place = freePlace(flow, selected);
  const node = RED.nodes.add(Object.assign(made, place));
  RED.history.push(historyEvent);
  RED.nodes.dirty(true);
  RED.view.select({ nodes: [node] });
  RED.view.redraw(true);
  RED.view.reveal(node.id);
  // Enter opens the selected node only where the flow has the focus.
  RED.view.focus();
}

function freePlace(flow: string, selected: EditorNode | undefined): { x: number; y: number } {
  const others = RED.nodes.filterNodes({ z: flow });
  const place =
    selected === undefined ? { ...FIRST } : { x: Number(selected['x']), y: Number(selected['y']) + STEP };
  const isTaken = (): boolean =>
    others.some(
      ({ x, y }) => Math.abs(Number(x) - place.x) < 2 * STEP && Math.abs(Number(y) - place.y) < STEP,
    );
  while (isTaken()) place.y += STEP;
  return place;
}
