import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { WireMessage } from '../../../src/event.js';
import type { NewDeadLetter } from '../../../src/store/dead-letter-store.js';

/** A folder that is removed after the test. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-store-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function message(
  topic: string,
  body: string | object | Uint8Array = {},
  more: Partial<WireMessage> = {},
): WireMessage {
  const bytes =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { topic, body: bytes, qos: 1, retain: false, headers: {}, ...more };
}

export function letter(
  topic: string,
  body: string | object | Uint8Array = {},
  more: Partial<NewDeadLetter> = {},
): NewDeadLetter {
  return {
    message: message(topic, body),
    code: 'SCHEMA_VIOLATION',
    reason: 'power is missing',
    fault: 'permanent',
    failedAt: 1_000,
    ...more,
  };
}

export const text = (message: { body: Uint8Array }): string => Buffer.from(message.body).toString();
