import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { generate } from 'mqtt-packet';
import type { Frame } from '../../../../../src/brokers/mqtt/connection/frame-reader.js';
import { FrameStream } from '../../../../../src/brokers/mqtt/connection/frame-stream.js';
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
});
