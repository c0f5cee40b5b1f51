import { formatTime } from '../contracts/time/timestamp.js';
import { GridwireError } from '../errors.js';
import type { GridwireEvent, Json } from '../event.js';
import type { ThresholdAlert } from './alerts.js';
import type { Device } from './device.js';

/** Everything a member of a domain event can be taken from. */
export interface Facts {
  device: Device;
  /** What the device sent. */
  event: GridwireEvent;
  /** Event time, milliseconds since the epoch. */
  time: number;
  status?: StatusChange;
  alert?: ThresholdAlert;
}

export interface StatusChange {
  previous: string | null;
  current: string;
  /** The current one as it is written on the wire. */
  value: Json;
  reason?: string;
}

/** The sources that a contract's ingest rules may name. */
const SOURCES: Record<string, (facts: Facts) => Json | undefined> = {
  'device.id': ({ device }) => device.id,
  'device.serialNumber': ({ device }) => device.serialNumber,
  'device.site': ({ device }) => device.site,
  'device.type': ({ device }) => device.type,
  'device.name': ({ device }) => device.name,
  payload: ({ event }) => event.payload,
  time: ({ time }) => formatTime(time),
  'status.previous': ({ status }) => status?.previous,
  'status.current': ({ status }) => status?.current,
  'status.value': ({ status }) => status?.value,
  'status.reason': ({ status }) => status?.reason,
  'alert.type': ({ alert }) => alert?.alertType,
  'alert.severity': ({ alert }) => alert?.severity,
  'alert.message': ({ alert }) => alert?.message,
  'alert.threshold': ({ alert }) => alert?.thresholdValue,
  'alert.actual': ({ alert }) => alert?.actualValue,
};

/**
 * The value of a domain event's member; undefined where it is not known.
 * @throws GridwireError `CONTRACT_INVALID` for a source that there is not
 */
export function memberValue(source: string, facts: Facts): Json | undefined {
  const read = Object.hasOwn(SOURCES, source) ? SOURCES[source] : undefined;
  if (read !== undefined) return read(facts);
  throw new GridwireError(
    'CONTRACT_INVALID',
    `"${source}" is not a source that a domain event can be made from.`,
  );
}
