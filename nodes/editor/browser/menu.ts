import { exportAsyncApi } from './asyncapi-export.js';
import { importBrokersFile } from './brokers-file.js';
import type { Translate } from './red.js';

let added = false;

/**
 * What belongs to no single node stands in the editor's main menu under Gridwire, and in its list of actions. Added
 * when the node types are there, whose catalogues hold the words.
 * @param ready adds what else needs the words of the broker
 */
export function addMenu(ready: (translate: Translate) => void): void {
  RED.events.on('registry:node-type-added', (type) => {
    const broker = RED.nodes.getType('gridwire-broker');
    const contract = RED.nodes.getType('gridwire-contract');
    if (added || broker === undefined || contract === undefined || !String(type).startsWith('gridwire-'))
      return;
    added = true;
    ready((key, values) => broker._(key, values));
    const entries = [
      {
        id: 'gridwire:import-brokers-file',
        label: broker._('gridwire-broker.file.menu'),
        run: importBrokersFile,
      },
      {
        id: 'gridwire:export-asyncapi',
        label: contract._('gridwire-contract.export.menu'),
        run: exportAsyncApi,
      },
    ];
    for (const { id, label, run } of entries)
      RED.actions.add(id, () => run(), { label: `Gridwire: ${label}` });
    RED.menu.addItem('red-ui-header-button-sidemenu', {
      id: 'gridwire-menu',
      label: 'Gridwire',
      options: entries.map(({ id, label }) => ({ id: id.replace(':', '-menu-'), label, onselect: id })),
    });
  });
}
