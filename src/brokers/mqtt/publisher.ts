import { randomUUID } from 'node:crypto';
import type { IClientPublishOptions, MqttClient } from 'mqtt';
import { GridwireError } from '../../errors.js';
import type { Headers, WireMessage } from '../../event.js';
import type { PublishResult } from '../broker.js';
import { assertNotExpired } from '../expiry.js';
import { Fifo } from '../fifo.js';
import { assertTopic } from '../topic-filter.js';
import { publishFault } from './faults.js';
import { gather } from './gather.js';
import { OutboundStream } from './outbound-stream.js';
import type { ResolvedMqttSettings } from './mqtt-settings.js';

/** What a broker that announces no receive maximum is trusted with; Mosquitto drops the connection beyond 20 of QoS 2. */
const UNANNOUNCED_WINDOW = { 1: 100, 2: 20 } as const;

/** Fixed header, packet id, topic length, properties that are not texts: the most they can take. */
const OVERHEAD = 32;

interface Publish {
  message: WireMessage;
  resolve: (result: PublishResult) => void;
  reject: (error: GridwireError) => void;
  deadline: number;
}

/** What the broker said of itself in CONNACK. */
export interface ServerLimits {
  receiveMaximum?: number;
  maximumPacketSize?: number;
  maximumQoS?: number;
  retainAvailable?: boolean;
}

/**
 * Sends publishes over one connection at a time, in order, within the windows that broker and settings allow. What is
 * under way when the connection ends is rejected; nothing is sent twice from here.
 */
export class Publisher {
  readonly #waiting = new Fifo<Publish>();
  readonly #underWay = new Set<Publish>();
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
  }

  /** Rejects everything that is under way or waiting. */
  detach(error: GridwireError): void {
    this.#client = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = [...this.#underWay, ...this.#waiting.first(this.#waiting.length)];
    this.#underWay.clear();
    this.#waiting.clear();
    this.#qos2UnderWay = 0;
    for (const publish of all) publish.reject(disconnected(error));
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
      this.#waiting.push({ message, resolve, reject, deadline: 0 });
      this.#send();
    });
  }

  #check(message: WireMessage): void {
    assertTopic(message.topic);
    const { maximumPacketSize = Infinity, maximumQoS = 2, retainAvailable = true } = this.#limits;
    const details = { topic: message.topic };
    if (sizeOf(message) > maximumPacketSize) {
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

  #send(): void {
    for (
      let next = this.#waiting.peek();
      next && this.#client && this.#hasRoom(next);
      next = this.#waiting.peek()
    ) {
      this.#waiting.shift();
      this.#hand(next, this.#client);
    }
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
    publish.deadline = Date.now() + this.settings.publishTimeout;
    this.#underWay.add(publish);
    if (message.qos === 2) this.#qos2UnderWay += 1;
    this.#timer ??= setTimeout(() => this.#watch(), this.settings.publishTimeout);
    const body = Buffer.from(message.body.buffer, message.body.byteOffset, message.body.byteLength);
    gather(client.stream);
    try {
      client.publish(message.topic, body, this.#optionsOf(message), (error, packet) =>
        this.#done(publish, error && withCode(error, client, packet?.messageId)),
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
    if (error) publish.reject(publishFault(error, publish.message.topic));
    else publish.resolve({ success: true, message_id: randomUUID(), error: null });
    this.#send();
  }

  /** One timer for all: deadlines come in the order of sending. */
  #watch(): void {
    this.#timer = undefined;
    const [oldest] = this.#underWay;
    if (!oldest) return;
    const left = oldest.deadline - Date.now();
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

  #optionsOf(message: WireMessage): IClientPublishOptions {
    const { qos, retain } = message;
    if (this.settings.protocolVersion === 4) return { qos, retain };
    return {
      qos,
      retain,
      properties: {
        ...userProperties(message.headers),
        ...(message.contentType === undefined ? {} : { contentType: plain(message.contentType) }),
        ...(message.expiresAt === undefined
          ? {}
          : { messageExpiryInterval: Math.ceil((message.expiresAt - Date.now()) / 1000) }),
      },
    };
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

/** Headers as user properties, which are text: bytes travel as base64. mqtt-packet 9.0 miscounts an empty set. */
function userProperties(headers: Headers): { userProperties?: Record<string, string> } {
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    properties[plain(name)] = plain(
      typeof value === 'string' ? value : Buffer.from(value).toString('base64'),
    );
  }
  return Object.keys(properties).length === 0 ? {} : { userProperties: properties };
}

/** Brokers close the connection on control characters in texts (MQTT 5, 1.5.4); stack traces are full of them. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- the point is to replace them
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** An upper bound of the packet's size in bytes. */
function sizeOf(message: WireMessage): number {
  let size = OVERHEAD + message.body.byteLength + Buffer.byteLength(message.topic);
  if (message.contentType !== undefined) size += Buffer.byteLength(message.contentType);
  for (const [name, value] of Object.entries(message.headers)) {
    const bytes = typeof value === 'string' ? Buffer.byteLength(value) : Math.ceil(value.byteLength / 3) * 4;
    size += 5 + Buffer.byteLength(name) + bytes;
  }
  return size;
}
