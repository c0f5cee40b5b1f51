import assert from 'node:assert/strict';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { GridwireError } from '../../../../src/errors.js';
import type { GridwireEvent, InboundMessage, Json } from '../../../../src/event.js';

export function open(name: string, dialect = 'documented', prefix?: string): Contract {
  return new Contract(builtInContract(name), { dialect, ...(prefix === undefined ? {} : { prefix }) });
}

/** A message as a broker hands it over; objects are written as JSON. */
export function inbound(topic: string, body: Json | Buffer, receivedAt = Date.now()): InboundMessage {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  return { topic, body: bytes, qos: 1, retain: false, headers: {}, receivedAt, redelivered: false };
}

/** Serialises an event and reads it back. */
export function overTheWire(contract: Contract, event: GridwireEvent): GridwireEvent {
  return contract.parse({ ...contract.serialise(event), receivedAt: Date.now(), redelivered: false });
}

/** The error an action ends with; any other kind of exception fails the test. */
export function refusal(action: () => unknown): GridwireError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof GridwireError, `not a GridwireError: ${String(error)}`);
    return error;
  }
  return assert.fail('nothing was refused');
}

/** The paths of the violations an action is refused for. */
export function violatedPaths(action: () => unknown): string[] {
  const error = refusal(action);
  assert.equal(error.code, 'SCHEMA_VIOLATION', error.message);
  return (error.details['violations'] as { path: string }[]).map(({ path }) => path);
}
