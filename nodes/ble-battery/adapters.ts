import { readFile, stat } from 'node:fs/promises';
import type { BluetoothAdapter } from '../../src/battery/reader/adapter.js';
import { parseCapture } from '../../src/battery/reader/capture.js';
import { BluetoothHub } from '../../src/battery/reader/hub.js';
import { NobleAdapter } from '../../src/battery/reader/noble-adapter.js';
import { ReplayAdapter } from '../../src/battery/reader/replay-adapter.js';
import { SimulatedAdapter } from '../../src/battery/simulator/simulated-adapter.js';
import { GridwireError } from '../../src/errors.js';

/** Which Bluetooth a node reads through. */
export type AdapterChoice =
  | { kind: 'bluetooth'; hciDevice?: number; serialPort?: { path: string; baudRate: number } }
  | { kind: 'simulator' }
  | { kind: 'replay'; path: string };

/** A hub in use; give it back when done. */
export interface HeldHub {
  hub: BluetoothHub;
  release: () => Promise<void>;
}

const LARGEST_CAPTURE_BYTES = 50 * 1024 * 1024;

/** One hub per adapter and process: hardware cannot be opened twice. */
const hubs = new Map<string, { opening: Promise<BluetoothHub>; users: number }>();

/**
 * Opens the chosen adapter, or shares it with the nodes that have it open already.
 * @param maximumLinks counts for whoever opens it first
 * @throws GridwireError `SETTING_INVALID` for a capture that cannot be played back; trouble with the hardware is told
 *   by the hub's state instead
 */
export async function holdHub(choice: AdapterChoice, maximumLinks: number): Promise<HeldHub> {
  const key = JSON.stringify(choice);
  const known = hubs.get(key) ?? { opening: openHub(choice, maximumLinks), users: 0 };
  hubs.set(key, known);
  known.users += 1;
  let held = true;
  const release = async (): Promise<void> => {
    if (!held) return;
    held = false;
    known.users -= 1;
    if (known.users > 0) return;
    hubs.delete(key);
    await (await known.opening).close();
  };
  try {
    return { hub: await known.opening, release };
  } catch (error) {
    hubs.delete(key);
    throw error;
  }
}

async function openHub(choice: AdapterChoice, maximumLinks: number): Promise<BluetoothHub> {
  const hub = new BluetoothHub(await newAdapter(choice), { maximumLinks });
  await hub.open();
  return hub;
}

async function newAdapter(choice: AdapterChoice): Promise<BluetoothAdapter> {
  if (choice.kind === 'simulator') return new SimulatedAdapter();
  if (choice.kind === 'bluetooth') return new NobleAdapter(choice);
  return new ReplayAdapter(parseCapture(await readCapture(choice.path)));
}

async function readCapture(path: string): Promise<string> {
  try {
    if ((await stat(path)).size <= LARGEST_CAPTURE_BYTES) return await readFile(path, 'utf8');
  } catch (cause) {
    throw new GridwireError('SETTING_INVALID', `The capture ${path} cannot be read.`, { cause });
  }
  throw new GridwireError('SETTING_INVALID', `The capture ${path} is larger than 50 MB.`);
}
