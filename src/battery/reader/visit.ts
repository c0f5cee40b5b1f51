import { decodeAdvertisement } from '../frames/advertisement.js';
import type { Family } from '../frames/family.js';
import { downloadHistory, type DownloadOptions, type History } from './history-download.js';
import type { BluetoothHub } from './hub.js';
import { readingFromLink, type BatteryReading } from './reading.js';
import { MonitorSession } from './session.js';

/** A device to visit. */
export interface VisitedDevice {
  /** Canonical MAC address. */
  address: string;
  /** Unset: found out by trying. */
  family?: Family;
  vehicleId?: string;
}

export interface VisitOptions {
  signal: AbortSignal;
  /** A family that was right before: tried first. */
  hint?: Family | undefined;
  /** How long each family gets to answer, milliseconds. */
  answerMs?: number;
}

const SILENCE_MS = 15_000;

/**
 * Connects, opens a session, and disconnects whatever happens.
 * @throws GridwireError as `BluetoothHub.connect` and `MonitorSession.open` do, and whatever `use` throws
 */
export async function visit<T>(
  hub: BluetoothHub,
  device: VisitedDevice,
  { signal, hint, answerMs }: VisitOptions,
  use: (session: MonitorSession) => Promise<T>,
): Promise<T> {
  const link = await hub.connect(device.address, signal);
  try {
    const session = await MonitorSession.open(link, {
      family: device.family,
      hint: hint ?? advertisedFamily(hub, device.address),
      signal,
      ...(answerMs === undefined ? {} : { answerWithin: answerMs }),
    });
    return await use(session);
  } finally {
    await link.close();
  }
}

/** One reading. */
export function readOnce(
  hub: BluetoothHub,
  device: VisitedDevice,
  options: VisitOptions,
): Promise<BatteryReading> {
  return visit(hub, device, options, async (session) => {
    const measurement = await session.nextMeasurement(SILENCE_MS);
    return readingFromLink(device, session.family, measurement, hub.lastSeen(device.address)?.rssi);
  });
}

/** The stored history. */
export function readHistory(
  hub: BluetoothHub,
  device: VisitedDevice,
  options: VisitOptions & DownloadOptions,
): Promise<History & { family: Family }> {
  return visit(hub, device, options, async (session) => ({
    family: session.family,
    ...(await downloadHistory(session, options)),
  }));
}

function advertisedFamily(hub: BluetoothHub, address: string): Family | undefined {
  const data = hub.lastSeen(address)?.manufacturerData;
  return data ? decodeAdvertisement(data, address)?.family : undefined;
}
