import { type EditorNode, control } from './red.js';

/**
 * A node that was just dragged from the palette keeps its events in the flow's store, if there is exactly one. The
 * panel shows the choice, and nodes that are there already, or come by import, stay as they are.
 */
export function takeOnlyStore(node: EditorNode): void {
  const isNew = node['broker'] === undefined && node['store'] === undefined;
  const stores: EditorNode[] = [];
  RED.nodes.eachConfig((config) => {
    if (config.type === 'gridwire-store' && config['d'] !== true) stores.push(config);
  });
  if (isNew && stores.length === 1) node['store'] = stores[0]?.id;
}

/** Says what it means that no store is chosen. */
export function keepInPanel(): void {
  const select = control<HTMLSelectElement>('node-input-store');
  const note = control<HTMLElement>('gridwire-keep-in-memory');
  const show = (): void => {
    note.hidden = !['', '_ADD_'].includes(select.value);
  };
  $(select).on('change', show);
  show();
}
