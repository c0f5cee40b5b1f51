import { newUuid } from '../../../uuid.js';
import type { MqttClient } from 'mqtt';
import { GridwireError, toGridwireError } from '../../../errors.js';
import type { WireMessage } from '../../../event.js';
import { LinkedList, UNLISTED } from '../../../linked-list.js';
import type { NoRoom, PublishResult } from '../../broker.js';
import { DirectPublisher, disconnectedError } from '../../outlets/direct-publisher.js';
import { Outlets } from '../../outlets/outlets.js';
import { publishFault, publishRefusal } from '../connection/faults.js';
import type { ResolvedMqttSettings } from '../connection/mqtt-settings.js';
import { LAST_MESSAGE_ID } from '../connection/packet-ids.js';
import type { ServerLimits } from '../connection/server-limits.js';
import { assertPublishable } from './assert-publishable.js';
import { Exchange, type FirstUnderWay } from './exchange.js';
import type { OutboundStream } from './outbound-stream.js';
import type { Publish } from './publish.js';
import { type Loss, Suspects } from './suspects.js';
import { Way } from './way.js';

/** What a broker that announces no receive maximum is trusted with; Mosquitto drops the connection beyond 20 of QoS 2. */
const UNANNOUNCED_WINDOW = { 1: 100, 2: 20 } as const;

/** The way must have taken so many times less than a message has left that expires soon. */
const MARGIN = 2;

/**
 * Writes publishes to one connection at a time, at once or not at all: within the windows that broker and settings
 * allow, into a socket that takes them, and a suspect only alone. What is under way when the connection ends is
 * rejected; nothing is sent twice from here.
 *
 * What is in a socket is out of reach. So a message that will expire soon is written when all before it is through and
 * the way has just taken less time than the message has left, and nothing behind it until it is answered. If the answer
 * does not come in that time, the connection is broken off, which takes back what has not left the machine.
 */
export class Publisher {
  readonly outlets = new Outlets((message) => this.#offered(message));
  readonly #direct = new DirectPublisher(this.outlets, () => this.#exchange !== undefined);
  readonly #underWay = new LinkedList<Publish>();
  readonly #suspects = new Suspects();
  readonly #way = new Way();
  #alone: Publish | undefined;
  /** A suspect, or one that expires soon, that is sent next, when all others have been answered. */
  #reservedFor: WireMessage | undefined;
  /** The one under way that expires soon; and when it does, or the one does that waits for a free way. */
  #urgent: Publish | undefined;
  #othersFirst = false;
  #expiry: NodeJS.Timeout | undefined;
  #probation: NodeJS.Timeout | undefined;
  #qos2UnderWay = 0;
  #exchange: Exchange<Publish> | undefined;
  #whenAnswered: () => void = () => undefined;
  #limits: ServerLimits = {};
  #draining = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param overdue told when the broker has not acknowledged in time; the connection is of no more use then */
  constructor(
    private readonly settings: ResolvedMqttSettings,
    private readonly overdue: (error: GridwireError) => void,
  ) {}

  /** @returns what is under way on the connection */
  attach(client: MqttClient, stream: OutboundStream, limits: ServerLimits): FirstUnderWay {
    const exchange = new Exchange<Publish>(client, stream, {
      answered: (publish, code) =>
        this.#done(publish, code === undefined ? undefined : publishRefusal(code, publish.message.topic)),
      pinged: () => this.#way.pinged(performance.now()),
      ponged: () => {
        if (this.#exchange !== exchange) return;
        this.#way.ponged(performance.now());
        this.#room();
      },
    });
    this.#exchange = exchange;
    this.#limits = limits;
    this.#draining = false;
    this.#suspects.up();
    this.outlets.changed();
    return exchange;
  }

  /** What the broker said of itself; undefined without a connection. */
  get limits(): ServerLimits | undefined {
    return this.#exchange && this.#limits;
  }

  /** Rejects everything that is under way. */
  detach(error: GridwireError): void {
    if (this.#exchange === undefined) this.#suspects.outage();
    else this.#suspects.down(this.#loss(error));
    this.#exchange = undefined;
    this.#alone = this.#reservedFor = this.#urgent = undefined;
    for (const timer of [this.#timer, this.#probation, this.#expiry]) clearTimeout(timer);
    this.#timer = this.#probation = this.#expiry = undefined;
    const all = [...this.#underWay];
    this.#underWay.clear();
    this.#qos2UnderWay = 0;
    this.#way.reset();
    for (const publish of all)
      publish.reject(this.#suspects.verdictOn(publish.message) ?? disconnectedError(error));
    this.#whenAnswered();
    this.outlets.changed();
  }

  /** For those who keep nothing: waits for room, and for nothing else. */
  publish(message: WireMessage): Promise<PublishResult> {
    return this.#direct.publish(message);
  }

  /** Resolves when nothing is under way any more. */
  answered(): Promise<void> {
    if (this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenAnswered = resolve;
    });
  }

  #loss(error: GridwireError): Loss {
    const underWay = [...this.#underWay].map(({ message }) => message);
    if (this.#alone === undefined) return { error, underWay };
    const { message, handedAt } = this.#alone;
    return { error, underWay, alone: { message, since: performance.now() - handedAt } };
  }

  #offered(message: WireMessage): Promise<PublishResult> | NoRoom {
    const exchange = this.#exchange;
    if (exchange === undefined) return Promise.reject(disconnectedError());
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
      this.#hand(
        {
          ...{ message, resolve, reject, handedAt: performance.now(), number: this.#way.wrote() },
          ...UNLISTED,
        },
        exchange,
      ),
    );
  }

  #noRoomFor(message: WireMessage): NoRoom | undefined {
    if (this.#alone !== undefined || this.#urgent !== undefined || this.#draining) return 'all';
    if (this.#suspects.has(message)) return this.#noRoomForSuspect(message);
    const isReserved = this.#reservedFor !== undefined && this.#reservedFor !== message;
    if (isReserved || this.#underWay.size >= this.#window(1)) return 'all';
    if (message.qos === 2 && this.#qos2UnderWay >= this.#window(2)) return 'kind';
    return this.#isUrgent(message) ? this.#noRoomForUrgent(message) : undefined;
  }

  /** Whether it may expire before a connection that has become useless is given up for that. */
  #isUrgent({ expiresAt }: WireMessage): boolean {
    return expiresAt !== undefined && expiresAt - Date.now() <= 2 * this.settings.publishTimeout;
  }

  /** Alone, because of QoS 2 it is delivered by the second of two packets; between two of them the others get their turn. */
  #noRoomForUrgent(message: WireMessage): NoRoom | undefined {
    if (this.#othersFirst) return 'kind';
    const now = performance.now();
    const left = (message.expiresAt as number) - Date.now();
    if (this.#underWay.size === 0) {
      // QoS 2 takes the way twice, and it may take longer this time.
      if (this.#way.takesLessThan(left / (MARGIN * Math.max(1, message.qos)), now)) return undefined;
      if (!this.#way.isAsked) this.#exchange?.sendPing();
    }
    if (this.#reservedFor !== message) {
      this.#reservedFor = message;
      this.#atExpiry(left, () => {
        if (this.#reservedFor !== message) return;
        this.#reservedFor = undefined;
        this.outlets.room();
      });
    }
    return 'all';
  }

  #atExpiry(left: number, act: () => void): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(act, left);
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
    if (this.#underWay.size === 0)
      return this.#isUrgent(message) ? this.#noRoomForUrgent(message) : undefined;
    this.#reservedFor = message;
    return 'all';
  }

  #window(qos: 1 | 2): number {
    const most = Math.min(LAST_MESSAGE_ID, this.settings.publishWindow);
    return Math.min(most, this.#limits.receiveMaximum ?? UNANNOUNCED_WINDOW[qos]);
  }

  #hand(publish: Publish, exchange: Exchange<Publish>): void {
    const { message } = publish;
    if (this.#suspects.has(message)) this.#alone = publish;
    this.#reservedFor = undefined;
    this.#underWay.add(publish);
    if (message.qos === 2) this.#qos2UnderWay += 1;
    if (this.#isUrgent(message)) this.#watchExpiry(publish);
    this.#timer ??= setTimeout(() => this.#watch(), this.settings.publishTimeout);
    try {
      exchange.send(publish);
    } catch (error) {
      this.#done(publish, publishFault(error, message.topic));
      return;
    }
    if (exchange.needsDrain && !this.#draining) {
      this.#draining = true;
      exchange.onceDrained(() => {
        if (this.#exchange === exchange) this.#drained();
      });
    }
    // There is no answer to QoS 0: what the socket takes has left.
    if (message.qos === 0 && !this.#draining) this.#done(publish);
  }

  #drained(): void {
    this.#draining = false;
    for (const publish of [...this.#underWay]) if (publish.message.qos === 0) this.#done(publish);
    this.#room();
  }

  #done(publish: Publish, error?: GridwireError): void {
    if (!this.#underWay.delete(publish)) return;
    const { message, handedAt } = publish;
    if (message.qos === 2) this.#qos2UnderWay -= 1;
    if (this.#alone === publish) this.#alone = undefined;
    if (message.qos > 0) this.#way.acknowledged(publish.number, handedAt, performance.now());
    if (this.#urgent === publish) {
      this.#urgent = undefined;
      this.#othersFirst = true;
      clearTimeout(this.#expiry);
    }
    this.#suspects.answered(message);
    if (error) publish.reject(error);
    else publish.resolve({ success: true, message_id: newUuid(), error: null });
    this.#room();
  }

  #room(): void {
    if (this.#underWay.size === 0) this.#whenAnswered();
    this.outlets.room();
    if (this.#othersFirst) {
      this.#othersFirst = false;
      this.outlets.room();
    }
    // Whoever wanted to send a suspect may have given it up.
    if (this.#reservedFor === undefined || this.#underWay.size > 0) return;
    this.#reservedFor = undefined;
    this.outlets.room();
  }

  #watchExpiry(publish: Publish): void {
    const { topic, expiresAt = 0 } = publish.message;
    this.#urgent = publish;
    this.#atExpiry(expiresAt - Date.now(), () => {
      if (this.#urgent !== publish) return;
      const text = `The broker did not acknowledge a message for ${topic} before it expired; the connection is ended, lest it come late.`;
      this.overdue(new GridwireError('BROKER_TIMEOUT', text, { details: { topic } }));
    });
  }

  /** One timer for all: deadlines come in the order of sending. */
  #watch(): void {
    this.#timer = undefined;
    const oldest = this.#underWay.first;
    if (!oldest) return;
    const left = oldest.handedAt + this.settings.publishTimeout - performance.now();
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
