import { checkNumber, checkText } from '../settings-check.js';

/** Settings of the memory broker; every one has a default. */
export interface MemorySettings {
  /** Brokers of one name are one broker in this process; default: a private one. */
  name?: string;
  /** Finds a private broker again in this process: the id of the node that makes its client anew at each deploy. */
  owner?: string;
  /** Names the session: with it, what is unsettled outlives `disconnect` and waits for the same id and filter. */
  clientId?: string;
  /** Artificial delay of every delivery, milliseconds; default 0. */
  latency?: number;
  /** Messages that may wait for one subscription; default 100,000. Full: QoS 0 is dropped, QoS 1 and 2 are refused. */
  queueLimit?: number;
  /** Topics that may hold a retained value; default 100,000. */
  retainedLimit?: number;
}

/** @throws GridwireError `SETTING_INVALID` */
export function memorySettings(settings: MemorySettings) {
  const checked = { latency: 0, queueLimit: 100_000, retainedLimit: 100_000, ...settings };
  if (settings.name !== undefined) checkText('name', settings.name);
  if (settings.owner !== undefined) checkText('owner', settings.owner);
  if (settings.clientId !== undefined) checkText('clientId', settings.clientId);
  checkNumber('latency', checked.latency, 0, 3_600_000);
  checkNumber('queueLimit', checked.queueLimit, 1, 10_000_000);
  checkNumber('retainedLimit', checked.retainedLimit, 0, 10_000_000);
  return checked;
}
