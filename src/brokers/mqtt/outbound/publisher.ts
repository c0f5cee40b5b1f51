import { randomUUID } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import { GridwireError, toGridwireError } from '../../../errors.js';
import type { WireMessage } from '../../../event.js';
import type { NoRoom, PublishResult } from '../../broker.js';
import { DirectPublisher, disconnectedError } from '../../outlets/direct-publisher.js';
import { Outlets } from '../../outlets/outlets.js';
import { publishFault } from '../connection/faults.js';
import { gather } from '../connection/gather.js';
import type { ResolvedMqttSettings } from '../connection/mqtt-settings.js';
import type { ServerLimits } from '../connection/server-limits.js';
import { assertPublishable } from './assert-publishable.js';
import { OutboundStream } from './outbound-stream.js';
import { Pace } from './pace.js';
import { publishOptions } from './publish-options.js';
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
 * Writes publishes to one connection at a time, at once or not at all: within the windows that broker and settings
 * allow, into a socket that takes them, and a suspect only alone. What is under way when the connection ends is
 * rejected; nothing is sent twice from here.
 */
export class Publisher {
  readonly outlets = new Outlets((message) => this.#offered(message));
  readonly #direct = new DirectPublisher(this.outlets, () => this.#client !== undefined);
  readonly #underWay = new Set<Publish>();
  readonly #suspects = new Suspects();
  readonly #pace = new Pace();
  #alone: Publish | undefined;
  /** A suspect that is sent next, when all others have been answered. */
  #reservedFor: WireMessage | undefined;
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
    this.outlets.changed();
  }

  /** What the broker said of itself; undefined without a connection. */
  get limits(): ServerLimits | undefined {
    return this.#client && this.#limits;
  }

  /** Rejects everything that is under way. */
  detach(error: GridwireError): void {
    if (this.#client === undefined) this.#suspects.outage();
    else this.#suspects.down(this.#loss(error));
    this.#client = undefined;
    this.#alone = this.#reservedFor = undefined;
    clearTimeout(this.#timer);
    clearTimeout(this.#probation);
    this.#timer = this.#probation = undefined;
    const all = [...this.#underWay];
    this.#underWay.clear();
    this.#qos2UnderWay = 0;
    this.#pace.reset();
    for (const publish of all)
      publish.reject(this.#suspects.verdictOn(publish.message) ?? disconnectedError(error));
    this.outlets.changed();
  }

  /** For those who keep nothing: waits for room, and for nothing else. */
  publish(message: WireMessage): Promise<PublishResult> {
    return this.#direct.publish(message);
  }

  #loss(error: GridwireError): Loss {
    const underWay = [...this.#underWay].map(({ message }) => message);
    if (this.#alone === undefined) return { error, underWay };
    const { message, handedAt } = this.#alone;
    return { error, underWay, alone: { message, since: Date.now() - handedAt } };
  }

  #offered(message: WireMessage): Promise<PublishResult> | NoRoom {
    const client = this.#client;
    if (client === undefined) return Promise.reject(disconnectedError());
    try {
      const verdict = this.#suspects.verdictOn(message);
      if (verdict !== undefined) throw verdict;
      assertPublishable(message, this.#limits);
    } catch (error) {
      return Promise.reject(toGridwireError(error));
    }
    const noRoom = this.#noRoomFor(message);
    if (noRoom !== undefined) return noRoom;
    return new Promise((resolve, reject) =>
      this.#hand({ message, resolve, reject, handedAt: Date.now() }, client),
    );
  }

  #noRoomFor(message: WireMessage): NoRoom | undefined {
    if (this.#alone !== undefined || this.#draining) return 'all';
    if (this.#suspects.has(message)) return this.#noRoomForSuspect(message);
    if (this.#reservedFor !== undefined || this.#underWay.size >= this.#window(1)) return 'all';
    if (message.qos === 2 && this.#qos2UnderWay >= this.#window(2)) return 'kind';
    if (message.expiresAt === undefined) return undefined;
    const [oldest] = this.#underWay;
    const now = Date.now();
    return this.#pace.allows(message.expiresAt - now, oldest && now - oldest.handedAt) ? undefined : 'kind';
  }

  #noRoomForSuspect(message: WireMessage): NoRoom | undefined {
    const wait = this.#suspects.wait;
    if (wait > 0) {
      this.#probation ??= setTimeout(() => {
        this.#probation = undefined;
        this.#room();
      }, wait);
      return 'one';
    }
    if (this.#reservedFor !== undefined && this.#reservedFor !== message) return 'one';
    if (this.#underWay.size === 0) return undefined;
    this.#reservedFor = message;
    return 'all';
  }

  #window(qos: 1 | 2): number {
    return Math.min(this.settings.publishWindow, this.#limits.receiveMaximum ?? UNANNOUNCED_WINDOW[qos]);
  }

  #hand(publish: Publish, client: MqttClient): void {
    const { message } = publish;
    if (this.#suspects.has(message)) this.#alone = publish;
    this.#reservedFor = undefined;
    this.#underWay.add(publish);
    this.#pace.handed(message.expiresAt !== undefined);
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
        this.#room();
      });
    }
  }

  #done(publish: Publish, error: unknown): void {
    if (!this.#underWay.delete(publish)) return;
    const { message, handedAt } = publish;
    if (message.qos === 2) this.#qos2UnderWay -= 1;
    if (this.#alone === publish) this.#alone = undefined;
    this.#pace.answered(message.expiresAt !== undefined, Date.now() - handedAt);
    this.#suspects.answered(message);
    if (error) publish.reject(publishFault(error, message.topic));
    else publish.resolve({ success: true, message_id: randomUUID(), error: null });
    this.#room();
  }

  #room(): void {
    this.outlets.room();
    // Whoever wanted to send a suspect may have given it up.
    if (this.#reservedFor === undefined || this.#underWay.size > 0) return;
    this.#reservedFor = undefined;
    this.outlets.room();
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
