import { type EditorNode, api, control } from './red.js';
import { addTableRow, announce, readTable } from './row-table.js';
import { decimal } from './written.js';

interface FoundMonitor {
  address: string;
  name: string;
  family: string;
  rssi: number;
  voltage?: number;
  stateOfCharge?: number;
}

interface ScanAnswer {
  monitors: FoundMonitor[];
  problem?: { code: string; message: string };
}

const DEVICES = 'node-input-devices-list';
const STATUS = 'gridwire-ble-scan-status';

/** The scan button: lists the monitors that are heard, with signal and voltage, and adds them to the table. */
export function batteryScan(node: EditorNode): void {
  const button = control<HTMLButtonElement>('gridwire-ble-scan');
  const found = control<HTMLElement>('gridwire-ble-found');
  button.addEventListener('click', () => {
    button.disabled = true;
    found.replaceChildren();
    announce(STATUS, node._('gridwire-ble-battery.scan.running'));
    const adapter = control<HTMLSelectElement>('node-input-adapter').value;
    const hciDevice = control('node-input-hciDevice').value.trim();
    api<ScanAnswer>('POST', 'gridwire/ble-battery/scan', { adapter, hciDevice })
      .then(({ monitors, problem }) => {
        announce(
          STATUS,
          problem ? problem.message : node._('gridwire-ble-battery.scan.found', { count: monitors.length }),
        );
        found.replaceChildren(...monitors.map((monitor) => lineOf(node, monitor)));
      })
      .catch((error: unknown) => {
        announce(STATUS, node._('gridwire-ble-battery.scan.failed', { reason: String(error) }));
      })
      .finally(() => {
        button.disabled = false;
      });
  });
}

function lineOf(node: EditorNode, monitor: FoundMonitor): HTMLElement {
  const { address, name, family, rssi, voltage, stateOfCharge } = monitor;
  const line = document.createElement('div');
  line.className = 'gridwire-newcomer';
  const text = document.createElement('span');
  text.textContent = [
    address,
    name,
    family,
    `${rssi} dBm`,
    voltage === undefined ? '' : `${decimal(voltage, 2)} V`,
    stateOfCharge === undefined ? '' : `${stateOfCharge} %`,
  ]
    .filter((part) => part !== '')
    .join(', ');
  const add = document.createElement('button');
  add.type = 'button';
  add.className = 'red-ui-button red-ui-button-small';
  add.textContent = node._('gridwire-ble-battery.scan.add');
  add.setAttribute('aria-label', `${node._('gridwire-ble-battery.scan.add')} ${address}`);
  add.addEventListener('click', () => {
    const known = readTable(DEVICES).some((row) => row['address']?.toUpperCase() === address);
    if (!known) addTableRow(DEVICES, { address, family });
    line.remove();
  });
  line.append(text, add);
  return line;
}
