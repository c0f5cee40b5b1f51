import { readFileSync } from 'node:fs';
import os from 'node:os';

/** How long this machine has run: by that an age can be told over restarts of the process, though its clock was set. */
export interface Boot {
  /** Names this run of the machine; undefined where the system does not say. */
  readonly id: string | undefined;
  /** Milliseconds since the machine was started. */
  uptime(): number;
}

export const machineBoot: Boot = {
  id: bootId(),
  uptime: () => Math.round(os.uptime() * 1000),
};

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
