/** A row of a registry's table. */
export interface TableRow {
  serialNumber: string;
  [field: string]: string | number;
}

/**
 * Puts a device that is approved into the table of the registry in the editor, so that the next deploy keeps it. It can be
 * undone there like any other change.
 */
export function enterInTable(registry: string, device: TableRow): void {
  const node = RED.nodes.node(registry);
  if (node === null) return;
  const before = Array.isArray(node['devices']) ? (node['devices'] as TableRow[]) : [];
  if (before.some(({ serialNumber }) => serialNumber === device.serialNumber)) return;
  const [changed, dirty] = [node['changed'] === true, RED.nodes.dirty()];
  node['devices'] = [...before, device];
  node['changed'] = true;
  RED.history.push({ t: 'edit', node, changes: { devices: before }, links: [], changed, dirty });
  RED.nodes.dirty(true);
  RED.view.redraw(true);
}
