import { randomUUID } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import { GridwireError } from '../../../errors.js';
import type { WireMessage } from '../../../event.js';
import type { PublishResult } from '../../broker.js';
import { assertNotExpired } from '../../expiry.js';
import { Fifo } from '../../../fifo.js';
import { assertTopic } from '../../topic-filter.js';
import { publishFault } from '../connection/faults.js';
import { gather } from '../connection/gather.js';
import { OutboundStream } from './outbound-stream.js';
import type { ServerLimits } from '../connection/server-limits.js';
import type { ResolvedMqttSettings } from '../connection/mqtt-settings.js';
import { packetSize, publishOptions } from './publish-options.js';
import { type Loss, Suspects } from './suspects.js';

/** What a broker that announces no receive maximum is trusted with; Mosquitto drops the connection beyond 20 of QoS 2. */
const UNANNOUNCED_WINDOW = { 1: 100, 2: 20 } as const;

interface Publish {
  message: WireMessage;
  resolve: (result: PublishResult) => void;
  reject: (error: GridwireError) => void;
  /** When it was handed to the broker, milliseconds since the epoch. */
  handedAt: number;
}

/**
 * Sends publishes over one connection at a time, in order, within the windows that broker and settings allow. What is
 * under way when the connection ends is rejected; nothing is sent twice from here.
 */
export class Publisher {
  readonly #waiting = new Fifo<Publish>();
  readonly #underWay = new Set<Publish>();
  /** Suspects, each of which is sent alone, and what came after them for the same topic. */
  readonly #held = new Fifo<Publish>();
  readonly #suspects = new Suspects();
  #alone: Publish | undefined;
  #probation: NodeJS.Timeout | undefined;
  #qos2UnderWay = 0;
  #client: MqttClient | undefined;
  #limits: ServerLimits = {};
  #draining = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param overdue told when the broker has not acknowledged in time; the connection is of no more use then */
  constructor(
    private readonly settings: ResolvedMqttSettings,
    private readonly overdue: (error: GridwireError) => void,
  ) {}

  attach(client: MqttClient, limits: ServerLimits): void {
    this.#client = client;
    this.#limits = limits;
    this.#draining = false;
    this.#suspects.up();
  }

  /** What the broker said of itself; undefined without a connection. */
  get limits(): ServerLimits | undefined {
    return this.#client && this.#limits;
  }

  /** Rejects everything that is under way or waiting. */
  detach(error: GridwireError): void {
    if (this.#client === undefined) this.#suspects.outage();
    else this.#suspects.down(this.#loss(error));
    this.#client = undefined;
    this.#alone = undefined;
    clearTimeout(this.#timer);
    clearTimeout(this.#probation);
    this.#timer = this.#probation = undefined;
    const all = [...this.#underWay, ...this.#held.takeAll(), ...this.#waiting.takeAll()];
    this.#underWay.clear();
    this.#qos2UnderWay = 0;
    for (const publish of all)
      publish.reject(this.#suspects.verdictOn(publish.message) ?? disconnected(error));
  }

  #loss(error: GridwireError): Loss {
    const underWay = [...this.#underWay].map(({ message }) => message);
    if (this.#alone === undefined) return { error, underWay };
    const { message, handedAt } = this.#alone;
    return { error, underWay, alone: { message, since: Date.now() - handedAt } };
  }

  publish(message: WireMessage): Promise<PublishResult> {
    return new Promise((resolve, reject: (error: GridwireError) => void) => {
      if (!this.#client) {
        reject(disconnected());
        return;
      }
      try {
        this.#check(message);
      } catch (error) {
        reject(error as GridwireError);
        return;
      }
      this.#queueFor(message).push({ message, resolve, reject, handedAt: 0 });
      this.#send();
    });
  }

  #check(message: WireMessage): void {
    const verdict = this.#suspects.verdictOn(message);
    if (verdict !== undefined) throw verdict;
    assertTopic(message.topic);
    const { maximumPacketSize = Infinity, maximumQoS = 2, retainAvailable = true } = this.#limits;
    const details = { topic: message.topic };
    if (packetSize(message) > maximumPacketSize) {
      const text = `The message for ${message.topic} is larger than the ${maximumPacketSize} bytes that the broker takes.`;
      throw new GridwireError('BODY_TOO_LARGE', text, { details: { ...details, maximumPacketSize } });
    }
    if (message.qos > maximumQoS || (message.retain && !retainAvailable)) {
      const what = message.retain && !retainAvailable ? 'retained messages' : `QoS ${message.qos}`;
      throw new GridwireError(
        'NOT_SUPPORTED',
        `The broker does not support ${what} (topic ${message.topic}).`,
        {
          details,
        },
      );
    }
    assertNotExpired(message);
  }

  #queueFor(message: WireMessage): Fifo<Publish> {
    if (this.#suspects.has(message)) return this.#held;
    if (this.#held.length === 0) return this.#waiting;
    return this.#held.some((held) => held.message.topic === message.topic) ? this.#held : this.#waiting;
  }

  #send(): void {
    if (this.#alone !== undefined || this.#sendHeld()) return;
    for (
      let next = this.#waiting.peek();
      next && this.#client && this.#hasRoom(next);
      next = this.#waiting.peek()
    ) {
      this.#waiting.shift();
      this.#hand(next, this.#client);
    }
  }

  /** @returns whether all others have to wait, for a suspect that is under way or is about to be */
  #sendHeld(): boolean {
    for (let next = this.#held.peek(); next && this.#client; next = this.#held.peek()) {
      if (!this.#suspects.has(next.message)) {
        this.#waiting.push(next);
        this.#held.shift();
        continue;
      }
      const wait = this.#suspects.wait;
      if (wait > 0) {
        this.#probation ??= setTimeout(() => {
          this.#probation = undefined;
          this.#send();
        }, wait);
        return false;
      }
      if (this.#underWay.size > 0 || this.#draining) return true;
      this.#held.shift();
      this.#alone = next;
      this.#hand(next, this.#client);
      return true;
    }
    return false;
  }

  #hasRoom({ message }: Publish): boolean {
    if (this.#draining || this.#underWay.size >= this.#window(1)) return false;
    return message.qos < 2 || this.#qos2UnderWay < this.#window(2);
  }

  #window(qos: 1 | 2): number {
    return Math.min(this.settings.publishWindow, this.#limits.receiveMaximum ?? UNANNOUNCED_WINDOW[qos]);
  }

  #hand(publish: Publish, client: MqttClient): void {
    const { message } = publish;
    publish.handedAt = Date.now();
    this.#underWay.add(publish);
    if (message.qos === 2) this.#qos2UnderWay += 1;
    this.#timer ??= setTimeout(() => this.#watch(), this.settings.publishTimeout);
    const body = Buffer.from(message.body.buffer, message.body.byteOffset, message.body.byteLength);
    gather(client.stream);
    try {
      client.publish(
        message.topic,
        body,
        publishOptions(message, this.settings.protocolVersion),
        (error, packet) => this.#done(publish, error && withCode(error, client, packet?.messageId)),
      );
    } catch (error) {
      this.#done(publish, error);
    }
    // mqtt.js adds a drain listener per publish while the buffer is full, which costs quadratic time.
    if (client.stream.writableNeedDrain && !this.#draining) {
      this.#draining = true;
      client.stream.once('drain', () => {
        if (this.#client !== client) return;
        this.#draining = false;
        this.#send();
      });
    }
  }

  #done(publish: Publish, error: unknown): void {
    if (!this.#underWay.delete(publish)) return;
    if (publish.message.qos === 2) this.#qos2UnderWay -= 1;
    if (this.#alone === publish) this.#alone = undefined;
    this.#suspects.answered(publish.message);
    if (error) publish.reject(publishFault(error, publish.message.topic));
    else publish.resolve({ success: true, message_id: randomUUID(), error: null });
    this.#send();
  }

  /** One timer for all: deadlines come in the order of sending. */
  #watch(): void {
    this.#timer = undefined;
    const [oldest] = this.#underWay;
    if (!oldest) return;
    const left = oldest.handedAt + this.settings.publishTimeout - Date.now();
    if (left > 0) {
      this.#timer = setTimeout(() => this.#watch(), left);
      return;
    }
    const text = `The broker did not acknowledge a message for ${oldest.message.topic} within ${this.settings.publishTimeout} ms.`;
    const error = new GridwireError('BROKER_TIMEOUT', text, { details: { topic: oldest.message.topic } });
    this.#underWay.delete(oldest);
    oldest.reject(error);
    this.overdue(error);
  }
}

/** The refusal with the reason code that the broker really gave. */
function withCode(error: Error, client: MqttClient, packetId = 0): Error {
  const code = client.stream instanceof OutboundStream ? client.stream.takeCode(packetId) : undefined;
  return code === undefined ? error : Object.assign(error, { code });
}

function disconnected(cause?: GridwireError): GridwireError {
  const text = 'The broker is not connected; the message was not sent, or its acknowledgement did not come.';
  return new GridwireError('BROKER_DISCONNECTED', text, cause === undefined ? {} : { cause });
}
