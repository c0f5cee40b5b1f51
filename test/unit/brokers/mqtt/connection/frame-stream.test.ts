import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { Writable } from 'node:stream';
import { generate } from 'mqtt-packet';
import type { Frame } from '../../../../../src/brokers/mqtt/connection/frame-reader.js';
import { FrameStream } from '../../../../../src/brokers/mqtt/connection/frame-stream.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { until } from '../../../../support/wait.js';

const FRAME = generate({
  cmd: 'publish',
  topic: 't',
  payload: Buffer.alloc(100),
  qos: 0,
  dup: false,
  retain: false,
});
const FRAMES = 20_000;
const AT_ONCE = 100;

/** Takes a few frames and holds, as a full window does. */
class Holding extends FrameStream {
  seen = 0;
  /** Most bytes that were read and not yet looked at. */
  mostAhead = 0;

  constructor(private readonly tcp: net.Socket) {
    super(tcp);
  }

  protected override inspect(frame: Frame): undefined {
    assert.equal(frame.bytes.length, FRAME.length);
    this.seen += 1;
    this.mostAhead = Math.max(this.mostAhead, this.tcp.bytesRead - this.seen * FRAME.length);
    if (this.seen % AT_ONCE === 0) this.hold();
  }
}

class Passing extends FrameStream {
  protected override inspect({ bytes }: Frame): Buffer {
    return bytes;
  }
}

describe('frame stream', () => {
  it('reads no further ahead than a few chunks of the socket, however fast the broker and however often it is held', async () => {
    const server = net.createServer((socket) => socket.write(Buffer.concat(Array(FRAMES).fill(FRAME))));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const stream = new Holding(net.connect(port, '127.0.0.1'));
    await until('all frames have come', () => {
      stream.release();
      return stream.seen === FRAMES;
    });
    assert.ok(stream.mostAhead < 4 * 65_536, `${stream.mostAhead} bytes were ahead`);
    stream.destroy();
    server.close();
  });

  it('ends by what its reader throws, now or after it was held, and does not pass it on to the process', async () => {
    for (const isHeld of [false, true]) {
      const server = net.createServer((socket) => socket.write(Buffer.concat([FRAME, FRAME])));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as net.AddressInfo;
      const stream = new Passing(net.connect(port, '127.0.0.1'));
      const failed = once(stream, 'error');
      // A reader that comes late gets what has come from a turn of its own.
      if (isHeld) await until('both have come', () => stream.readableLength === 2 * FRAME.length);
      const reader = new Writable();
      reader._write = () => {
        throw new TypeError('cannot be read');
      };
      stream.pipe(reader);
      const [error] = (await failed) as [GridwireError];
      assert.equal(error.code, 'BROKER_PROTOCOL');
      assert.ok(stream.destroyed);
      server.close();
    }
  });
});
