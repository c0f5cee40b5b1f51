import { createRequire } from 'node:module';
import { once } from '../../../once.js';

/** The lengths that the package keeps, from 0 on. */
const KEPT_LENGTHS = 16_384;
/** Bytes of a packet beside its body: a topic of one character, and the length of the topic. */
const REST = 3;
/** Lengths of one turn of the event loop. */
const SLICE = 128;

/** The part of mqtt-packet that is used here. */
interface PacketWriter {
  writeToStream: (packet: object, stream: object) => boolean;
}

/**
 * Has mqtt-packet make all that it will ever keep of packets' lengths now, one behind the other. It keeps each length that
 * it has written as four bytes of Node's pool, and with them the 64 KB of the pool from which they are: a process that
 * writes bodies of many sizes, one now and one then, would grow by up to a gigabyte. (Found by `npm run fuzz`.)
 */
export const keepPacketLengths = once(() => {
  const { writeToStream } = createRequire(require.resolve('mqtt'))('mqtt-packet') as PacketWriter;
  const nowhere = { write: () => true, cork: () => undefined, uncork: () => undefined };
  const body = Buffer.alloc(KEPT_LENGTHS);
  const topic = Buffer.from('t');
  const keep = (from: number): void => {
    const end = Math.min(from + SLICE, KEPT_LENGTHS);
    for (let length = from; length < end; length += 1)
      writeToStream({ cmd: 'publish', topic, payload: body.subarray(0, length - REST), qos: 0 }, nowhere);
    if (end < KEPT_LENGTHS) setImmediate(() => keep(end));
  };
  keep(REST);
});
