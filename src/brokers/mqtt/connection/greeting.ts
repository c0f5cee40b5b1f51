import { GridwireError, errorText } from '../../../errors.js';
import { CONNACK, DISCONNECT, type Frame } from './frame-reader.js';
import { PacketReader } from './packet-reader.js';

interface Property {
  name: string;
  /** How it is written: a number of so many bytes, a text or bytes with their length, or two texts. */
  form: 1 | 2 | 4 | 'text' | 'pair';
  least?: number;
  most?: number;
}

/** What CONNACK may carry: MQTT 5, 3.2.2.3. */
const PROPERTIES: Readonly<Record<number, Property>> = {
  0x11: { name: 'session expiry interval', form: 4 },
  0x12: { name: 'assigned client identifier', form: 'text' },
  0x13: { name: 'server keep alive', form: 2 },
  0x15: { name: 'authentication method', form: 'text' },
  0x16: { name: 'authentication data', form: 'text' },
  0x1a: { name: 'response information', form: 'text' },
  0x1c: { name: 'server reference', form: 'text' },
  0x1f: { name: 'reason', form: 'text' },
  0x21: { name: 'receive maximum', form: 2, least: 1 },
  0x22: { name: 'topic alias maximum', form: 2 },
  0x24: { name: 'maximum QoS', form: 1, most: 1 },
  0x25: { name: 'retain available', form: 1, most: 1 },
  0x26: { name: 'user property', form: 'pair' },
  0x27: { name: 'maximum packet size', form: 4, least: 1 },
  0x28: { name: 'wildcard subscription available', form: 1, most: 1 },
  0x29: { name: 'subscription identifiers available', form: 1, most: 1 },
  0x2a: { name: 'shared subscription available', form: 1, most: 1 },
};

/**
 * Checks how a broker begins: by one CONNACK, before all else and never again, that says each thing once and within its
 * bounds. mqtt.js believes what it says: a keep alive given twice ends the process, a receive maximum of 0 stops all
 * publishes for ever.
 */
export class Greeting {
  #isOver = false;

  constructor(private readonly protocolVersion: 4 | 5) {}

  /** @throws GridwireError `BROKER_PROTOCOL` */
  check(frame: Frame): void {
    if (frame.type === CONNACK) {
      if (this.#isOver) throw broken('It answered CONNECT twice.');
      this.#isOver = true;
      assertConnack(frame, this.protocolVersion);
    } else if (!this.#isOver && frame.type !== DISCONNECT) {
      throw broken(`It sent a packet of type ${frame.type} before it answered CONNECT.`);
    }
  }
}

function assertConnack({ bytes, start }: Frame, protocolVersion: 4 | 5): void {
  const reader = new PacketReader(bytes, start);
  try {
    const flags = reader.uint8();
    // A refusal sets nothing up, and old brokers write it in the form of their own version.
    if (reader.uint8() !== 0) return;
    if (flags > 1) throw new Error(`its flags are ${flags}`);
    if (protocolVersion === 5 && reader.offset < bytes.length) assertProperties(reader);
  } catch (cause) {
    throw broken(`Its answer to CONNECT is not valid: ${errorText(cause)}.`, cause);
  }
}

function assertProperties(reader: PacketReader): void {
  const seen = new Set<Property>();
  const end = reader.varint() + reader.offset;
  while (reader.offset < end) {
    const id = reader.uint8();
    const property = PROPERTIES[id];
    if (property === undefined) throw new Error(`property ${id} does not belong there`);
    const { name, form, least = 0, most = Infinity } = property;
    if (form !== 'pair' && seen.has(property)) throw new Error(`it has the ${name} twice`);
    seen.add(property);
    const value = read(reader, form);
    if (value < least || value > most) throw new Error(`the ${name} is ${value}`);
  }
  if (reader.offset !== end) throw new Error('its properties are longer than they say');
}

/** @returns the number, or 0 for what is none */
function read(reader: PacketReader, form: Property['form']): number {
  if (form === 1) return reader.uint8();
  if (form === 2) return reader.uint16();
  if (form === 4) return reader.uint32();
  for (let left = form === 'pair' ? 2 : 1; left > 0; left -= 1) reader.skip(reader.uint16());
  return 0;
}

function broken(how: string, cause?: unknown): GridwireError {
  const text = `The broker does not keep to MQTT. ${how} Check that there is an MQTT broker at this address, and its version.`;
  return new GridwireError('BROKER_PROTOCOL', text, { cause });
}
