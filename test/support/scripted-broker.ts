import { EventEmitter } from 'node:events';
import type {
  Broker,
  BrokerEvents,
  BrokerState,
  NoRoom,
  Outlet,
  PublishResult,
} from '../../src/brokers/broker.js';
import { GridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';

/** A broker whose answers the test writes: what delivery does when a broker fails cannot be had from a real one on cue. */
export class ScriptedBroker extends EventEmitter<BrokerEvents> implements Broker {
  readonly kind = 'memory';
  readonly address = 'scripted';
  readonly capabilities = { headers: true, retain: true, redelivers: true, log: false };
  state: BrokerState = 'connected';
  readonly published: { topic: string; text: string }[] = [];
  readonly open: { message: WireMessage; answer: (error?: GridwireError) => void }[] = [];
  /** Answers at once if set; otherwise the test answers by `open`. */
  respond: ((message: WireMessage, count: number) => GridwireError | undefined) | undefined;

  connect(): Promise<void> {
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  isConnected(): boolean {
    return this.state === 'connected';
  }

  become(state: BrokerState): void {
    this.state = state;
    if (state === 'disconnected') {
      for (const { answer } of this.open.splice(0)) {
        answer(new GridwireError('BROKER_DISCONNECTED', 'The connection was lost.'));
      }
    }
    this.emit('state', state);
  }

  publish(message: WireMessage): Promise<PublishResult> {
    this.published.push({ topic: message.topic, text: Buffer.from(message.body).toString() });
    return new Promise((resolve, reject) => {
      const answer = (error?: GridwireError): void => {
        if (error === undefined)
          resolve({ success: true, message_id: String(this.published.length), error: null });
        else reject(error);
      };
      if (this.respond === undefined) this.open.push({ message, answer });
      else answer(this.respond(message, this.published.length));
    });
  }

  /** Why a message has no room; none by default. `room` tells that there may be some. */
  noRoom: ((message: WireMessage) => NoRoom | undefined) | undefined;
  private readonly outlets = new Set<() => void>();

  room(): void {
    for (const changed of this.outlets) changed();
  }

  outlet(changed: () => void): Outlet {
    this.outlets.add(changed);
    return {
      offer: (message) => this.noRoom?.(message) ?? this.publish(message),
      close: () => void this.outlets.delete(changed),
    };
  }

  check(): Promise<never[]> {
    return Promise.resolve([]);
  }

  subscribe(): Promise<never> {
    return Promise.reject(new GridwireError('NOT_SUPPORTED', 'Not in this test.'));
  }

  consume(): Promise<never> {
    return Promise.reject(new GridwireError('NOT_SUPPORTED', 'Not in this test.'));
  }

  openChannel(): Promise<never> {
    return Promise.reject(new GridwireError('NOT_SUPPORTED', 'Not in this test.'));
  }
}
