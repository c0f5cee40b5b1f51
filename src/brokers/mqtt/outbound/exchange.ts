import { PassingMap } from '../../../passing-map.js';
import type { MqttClient } from 'mqtt';
import type { WireMessage } from '../../../event.js';
import { LAST_MESSAGE_ID } from '../connection/packet-ids.js';
import type { OutboundStream } from './outbound-stream.js';

/** mqtt.js is told this often that the broker lives, milliseconds, a quarter of the shortest keepalive: it sees nothing of what messages are answered by. */
const ALIVE_EVERY = 250;
/** For that mqtt.js puts its own PINGREQ off; a broker that has heard nothing for this part of the keepalive is written one. */
const QUIET = 1 / 4;

export interface ExchangeEvents<Sent> {
  /** A message of QoS 1 or 2 is the broker's. @param refusal or is not: its reason code */
  answered(sent: Sent, refusal: number | undefined): void;
  /** PINGREQ has left, behind all that was sent before. */
  pinged(): void;
  ponged(): void;
}

export interface FirstUnderWay {
  /** How long the message is that is to be answered next, bytes. */
  readonly firstBytes: number;
}

/** The messages under way on one connection: gives each its packet id, writes it, and finds it again by its answer. */
export class Exchange<Sent extends { readonly message: WireMessage }> implements FirstUnderWay {
  readonly #underWay = new PassingMap<number, Sent>();
  #last = 0;
  #toldAt = 0;
  #sentAt = 0;

  constructor(
    private readonly client: MqttClient,
    private readonly stream: OutboundStream,
    private readonly events: ExchangeEvents<Sent>,
  ) {
    stream.onAnswered((packetId, refusal) => this.#answer(packetId, refusal));
    client.on('packetsend', ({ cmd }) => {
      if (cmd === 'pingreq') events.pinged();
    });
    client.on('packetreceive', ({ cmd }) => {
      if (cmd === 'pingresp') events.ponged();
    });
  }

  /**
   * Writes a message; there may be at most `LAST_MESSAGE_ID` under way.
   * @throws GridwireError `NOT_SUPPORTED`, RangeError: nothing was written
   */
  send(sent: Sent): void {
    const { message } = sent;
    this.#sentAt = performance.now();
    if (message.qos === 0) {
      this.stream.send(message, 0);
      return;
    }
    do this.#last = (this.#last % LAST_MESSAGE_ID) + 1;
    while (this.#underWay.has(this.#last));
    this.stream.send(message, this.#last);
    this.#underWay.set(this.#last, sent);
  }

  get firstBytes(): number {
    for (const { message } of this.#underWay.values()) return message.body.length;
    return 0;
  }

  /** The socket has more to send than it should. */
  get needsDrain(): boolean {
    return this.stream.needsDrain;
  }

  onceDrained(act: () => void): void {
    this.stream.onceDrained(act);
  }

  sendPing(): void {
    this.#sentAt = performance.now();
    this.client.sendPing();
  }

  #answer(packetId: number, refusal: number | undefined): void {
    const sent = this.#underWay.get(packetId);
    if (sent === undefined) return;
    this.#underWay.delete(packetId);
    const now = performance.now();
    if (now - this.#toldAt > ALIVE_EVERY) {
      this.#toldAt = now;
      const { keepalive } = this.client;
      if (keepalive > 0 && now - this.#sentAt > QUIET * 1_000 * keepalive) this.sendPing();
      this.client.reschedulePing();
    }
    this.events.answered(sent, refusal);
  }
}
