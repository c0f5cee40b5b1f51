import type { MqttClient } from 'mqtt';
import { type Clock, systemClock } from '../../../clock.js';
import type { OutboundStream } from './outbound-stream.js';

/** A broker that has answered is not asked again so soon, milliseconds: whoever looks once a second asks in every other. */
const EVERY = 1_500;

interface Connection {
  client: Pick<MqttClient, 'sendPing' | 'disconnecting' | 'on'>;
  stream: Pick<OutboundStream, 'needsDrain'>;
}

/**
 * For how long a broker has not answered on a connection that stands. One that hangs, or a network that swallows all, is
 * found out by the keepalive after a minute and more. It is asked (PINGREQ) only when somebody looks, as alarm and health
 * nodes do every second: where a link is paid by the byte, answers that nobody reads are not free.
 */
export class Heartbeat {
  #connection: Connection | undefined;
  /** When the question was asked that has no answer yet. */
  #askedAt: number | undefined;
  #answeredAt = 0;

  constructor(private readonly clock: Clock = systemClock) {}

  attach(client: Connection['client'], stream: Connection['stream']): void {
    const connection = { client, stream };
    this.#connection = connection;
    this.#answered();
    client.on('packetreceive', ({ cmd }) => {
      if (cmd === 'pingresp' && this.#connection === connection) this.#answered();
    });
  }

  detach(): void {
    this.#connection = undefined;
    this.#askedAt = undefined;
  }

  /** Looks, and asks if it is time. @returns milliseconds; undefined while it answers, or nothing is to be found out */
  look(): number | undefined {
    const connection = this.#connection;
    // Behind what the socket has not let go yet the question would wait for that, and say nothing of the broker.
    if (connection === undefined || connection.client.disconnecting || connection.stream.needsDrain) {
      this.#askedAt = undefined;
      return undefined;
    }
    const now = this.clock.now();
    if (this.#askedAt !== undefined) return now - this.#askedAt;
    if (now - this.#answeredAt >= EVERY) {
      this.#askedAt = now;
      connection.client.sendPing();
    }
    return undefined;
  }

  #answered(): void {
    this.#askedAt = undefined;
    this.#answeredAt = this.clock.now();
  }
}
