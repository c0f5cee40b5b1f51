import Connection = require('kafkajs/src/network/connection.js');
import Decoder = require('kafkajs/src/protocol/decoder.js');
import decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js');
import { GridwireError } from '../../../errors.js';
import { installCodecs } from '../codecs/codecs.js';
import { ownLimit } from '../codecs/unpack-limit.js';
import { FetchRoom } from './fetch-room.js';
import { readBatches } from './record-batches.js';

/** Kafka sends at most what a fetch asks for (10 MB), or one batch, which `message.max.bytes` bounds. */
const LONGEST_ANSWER = 256 * 1024 * 1024;
/** Bytes of the shortest entry of a log. */
const SHORTEST = 26;

/** What the batches of an answer may take, of all its partitions together; an answer is known by its bytes. */
const rooms = new WeakMap<Buffer, FetchRoom>();

let isRepaired = false;

/**
 * Lets kafkajs read no answer that is longer than any can be, end the process at none, and read batches as
 * record-batches.ts does. kafkajs loads what reads a fetch when the first one comes; it finds this instead.
 */
export function repairReader(): void {
  if (isRepaired) return;
  isRepaired = true;
  installCodecs();
  boundAnswers();
  boundLists();
  const place = require.resolve('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js');
  const module = require.cache[place];
  if (module) module.exports = decode;
}

async function decode(decoder: decodeMessages.Decoder): Promise<unknown[]> {
  const { buffer, offset } = decoder;
  const size = buffer.length - offset < 4 ? 0 : buffer.readInt32BE(offset);
  const isWhole = size >= SHORTEST && buffer.length - offset - 4 >= size;
  if (!isWhole) return decodeMessages(decoder);
  decoder.forward(4 + size);
  const room = rooms.get(buffer) ?? new FetchRoom(ownLimit());
  rooms.set(buffer, room);
  return readBatches(buffer.subarray(offset + 4, offset + 4 + size), room);
}

function boundAnswers(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the `this` of its caller
  const { processData } = Connection.prototype;
  Connection.prototype.processData = function (data) {
    try {
      processData.call(this, data);
      if (this.bytesNeeded < 4 || this.bytesNeeded > LONGEST_ANSWER) {
        const text = `Kafka announced an answer of ${this.bytesNeeded} bytes, which none can have.`;
        throw new GridwireError('BROKER_PROTOCOL', text);
      }
    } catch (error) {
      this.chunks = [];
      this.bytesBuffered = 0;
      this.socket.destroy(error as Error);
    }
  };
}

/** How each reader of a list reads how long it is. */
const LISTS = {
  readArray: 'readInt32',
  readArrayAsync: 'readInt32',
  readVarIntArray: 'readVarInt',
  readUVarIntArray: 'readUVarInt',
} as const;

/** kafkajs takes the memory for a list before it reads it: 256 MB for a length that four bytes say. */
function boundLists(): void {
  for (const [name, length] of Object.entries(LISTS) as [
    keyof typeof LISTS,
    (typeof LISTS)[keyof typeof LISTS],
  ][]) {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the `this` of its caller
    const read = Decoder.prototype[name];
    Decoder.prototype[name] = function (this: Decoder, reader: (decoder: Decoder) => unknown) {
      const { offset } = this;
      const announced = this[length]();
      // Each element takes a byte at least; a compact list counts from 1.
      const left = this.buffer.length - this.offset;
      this.offset = offset;
      if (announced > left + 1) {
        const text = `Kafka announced a list of ${announced} in ${left} bytes, which none can have.`;
        throw new GridwireError('BROKER_PROTOCOL', text);
      }
      return read.call(this, reader) as never;
    };
  }
}
