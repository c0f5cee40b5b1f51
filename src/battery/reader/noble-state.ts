import { readdirSync } from 'node:fs';
import { GridwireError } from '../../errors.js';

/** What the state words of noble mean for whoever wants to read a battery, with the command that mends it. */
export function nobleProblem(state: string): GridwireError {
  switch (state) {
    case 'unauthorized':
      return new GridwireError(
        'BLUETOOTH_FORBIDDEN',
        'Node-RED may not use Bluetooth. On Linux run: sudo setcap cap_net_raw+eip $(readlink -f $(which node)) and restart Node-RED; on macOS and Windows allow Bluetooth in the privacy settings.',
      );
    case 'poweredOff':
      return new GridwireError(
        'BLUETOOTH_UNAVAILABLE',
        'The Bluetooth adapter is switched off or was unplugged. On Linux run: sudo rfkill unblock bluetooth && sudo hciconfig hci0 up',
      );
    default:
      return noAdapter();
  }
}

export function noAdapter(): GridwireError {
  return new GridwireError(
    'BLUETOOTH_UNAVAILABLE',
    'No Bluetooth adapter was found. Plug one in and check with: hciconfig. In a container, run it with --net=host --cap-add=NET_RAW --cap-add=NET_ADMIN. Without hardware, choose the simulator.',
  );
}

export function notInstalled(cause: unknown): GridwireError {
  return new GridwireError(
    'BLUETOOTH_NOT_INSTALLED',
    'The optional package @stoprocent/noble is not installed. In the Node-RED user directory run: npm install @stoprocent/noble, then restart Node-RED. Without hardware, choose the simulator.',
    { cause },
  );
}

/**
 * Linux lists its adapters here. Looking first keeps noble from being started, and from writing to the console, where
 * there is none.
 */
export function hasLinuxAdapter(directory = '/sys/class/bluetooth'): boolean {
  try {
    return readdirSync(directory).some((name) => /^hci\d+$/.test(name));
  } catch {
    return false;
  }
}
