import type { MqttClient } from 'mqtt';
import { type Clock, systemClock } from '../../../clock.js';
import { Silence } from '../../../silence.js';
import type { FirstUnderWay } from './exchange.js';
import type { OutboundStream } from './outbound-stream.js';

/** A broker that has answered is not asked again so soon, milliseconds: whoever looks once a second asks in every other. */
const EVERY = 1_500;
/** A message is not answered before the broker has all of it, which over a slow way takes a while: bytes in a millisecond. */
const SLOWEST = 100;

interface Connection {
  client: Pick<MqttClient, 'sendPing' | 'disconnecting' | 'on'>;
  stream: Pick<OutboundStream, 'needsDrain' | 'bytesRead' | 'bytesQueued'>;
  /** What the broker is to answer next; it has perhaps not come to the question yet. */
  underWay: FirstUnderWay;
}

/**
 * For how long a broker has not answered on a connection that stands. One that hangs, or a network that swallows all, is
 * found out by the keepalive after a minute and more. It is asked (PINGREQ) only when somebody looks, as alarm and health
 * nodes do every second: where a link is paid by the byte, answers that nobody reads are not free.
 *
 * Whatever comes from it is a sign of life, and so is what a full socket lets go: a broker that is behind answers the
 * question after all that was sent before it.
 */
export class Heartbeat {
  readonly #silence: Silence;
  #connection: Connection | undefined;
  #answeredAt = 0;
  #lookedAt = 0;
  #read = 0;
  #queued = 0;

  constructor(private readonly clock: Clock = systemClock) {
    this.#silence = new Silence(clock);
  }

  attach(client: Connection['client'], stream: Connection['stream'], underWay: Connection['underWay']): void {
    const connection = { client, stream, underWay };
    this.#connection = connection;
    this.#read = stream.bytesRead;
    this.#queued = 0;
    this.#answered();
    client.on('packetreceive', ({ cmd }) => {
      if (cmd === 'pingresp' && this.#connection === connection) this.#answered();
    });
  }

  detach(): void {
    this.#connection = undefined;
    this.#silence.end();
  }

  /** Looks, and asks if it is time. @returns milliseconds; undefined while it answers, or nothing is to be found out */
  look(): number | undefined {
    const connection = this.#connection;
    if (connection === undefined || connection.client.disconnecting) {
      this.#silence.end();
      return undefined;
    }
    const { client, stream, underWay } = connection;
    const now = this.clock.now();
    const isFull = stream.needsDrain;
    const queued = isFull ? stream.bytesQueued : 0;
    if (queued === undefined || queued < this.#queued || stream.bytesRead !== this.#read) {
      // At some time since the last look; it is asked soon enough for the earliest.
      this.#answered(this.#lookedAt);
    }
    this.#lookedAt = now;
    this.#read = stream.bytesRead;
    this.#queued = queued ?? 0;
    if (queued === undefined) return undefined;
    // What waits in a full socket is seen to move; what waits behind it, in the system and on the way, is not.
    const slow = isFull ? 0 : underWay.firstBytes / SLOWEST;
    if (this.#silence.lasts !== undefined) return without(this.#silence.lasts, slow);
    if (isFull) {
      // Behind what the socket has not let go yet a question would only wait: it is watched whether that moves.
      this.#silence.begin();
    } else if (now - this.#answeredAt >= EVERY) {
      this.#silence.begin();
      client.sendPing();
    }
    return undefined;
  }

  #answered(at = this.clock.now()): void {
    this.#silence.end();
    this.#answeredAt = Math.max(this.#answeredAt, at);
  }
}

function without(lasts: number, allowed: number): number | undefined {
  return lasts > allowed ? lasts - allowed : undefined;
}
