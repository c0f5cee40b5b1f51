import { EventEmitter } from 'node:events';
import type {
  Broker,
  BrokerEvents,
  BrokerState,
  DeliveryHandler,
  NoRoom,
  Outlet,
  PublishResult,
  Subscription,
} from '../../../src/brokers/broker.js';
import { Outlets } from '../../../src/brokers/outlets/outlets.js';
import { GridwireError } from '../../../src/errors.js';
import type { WireMessage } from '../../../src/event.js';
import { Intake, type IntakeOptions } from './intake.js';
import type { Server } from './server.js';
import type { Sleeper } from './timeline.js';

export interface LinkOptions {
  /** Unacknowledged publishes that the server allows, of all and of QoS 2. */
  windows: { all: number; exactlyOnce: number };
  intake: IntakeOptions;
  /** Told of each connection. */
  onUp: (broker: SimBroker) => void;
  /** The true time. */
  time: () => number;
  /** Told at the moment of writing to the wire. */
  onWire: (broker: SimBroker, message: WireMessage) => void;
}

interface Publish {
  message: WireMessage;
  phase: 'wire' | 'received';
  resolve: (result: PublishResult) => void;
  reject: (error: GridwireError) => void;
}

/** How a server answers a publish. */
export type Answer = 'taken' | 'refused' | 'quota';

const RESULT: PublishResult = { success: true, message_id: 'simulated', error: null };

/**
 * One process's connection to a server. Assumed of a broker, and held by `test/unit/brokers/delivery-suite.ts` on memory, MQTT and Kafka: publishes of one QoS reach it in the order in which they were written; those that
 * are under way when the connection ends are rejected as disconnected, though the server may have them.
 */
export class SimBroker extends EventEmitter<BrokerEvents> {
  readonly kind = 'mqtt';
  readonly capabilities = { headers: true, retain: true, redelivers: false, log: false };
  state: BrokerState = 'disconnected';
  /** Since when it is connected. */
  upSince = Infinity;
  private publishes: Publish[] = [];
  private readonly outlets = new Outlets((message) => this.write(message));
  readonly intakes: Intake[] = [];

  constructor(
    readonly server: Server,
    readonly process: Sleeper,
    private readonly options: LinkOptions,
  ) {
    super();
  }

  /** As the port that it is for those who use it. */
  get port(): Broker {
    return this as unknown as Broker;
  }

  isConnected(): boolean {
    return this.state === 'connected';
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  outlet(changed: () => void): Outlet {
    return this.outlets.open(changed);
  }

  subscribe(_filter: string, handler: DeliveryHandler, name: string): Subscription {
    const session = this.server.session(name, this.options.intake.bound, this.options.intake.isLog);
    const intake = new Intake(name, session, handler, this.options.intake);
    this.intakes.push(intake);
    return {
      filter: _filter,
      close: () => {
        intake.close();
        this.intakes.splice(this.intakes.indexOf(intake), 1);
        return Promise.resolve();
      },
    };
  }

  /** Publishes that wait for the server. */
  get underWay(): number {
    return this.publishes.length;
  }

  /** The server hands on what it reads in order for each QoS; different ones take different ways. */
  private nextOnWire(choice: number): Publish | undefined {
    const onWire = this.publishes.filter(({ phase }) => phase === 'wire');
    const [first] = onWire;
    if (first === undefined || choice % 4 !== 0) return first;
    return onWire.find(({ message }) => message.qos !== first.message.qos) ?? first;
  }

  /** What the server reads next by this choice, if it reads. */
  wouldRead(choice: number): WireMessage | undefined {
    return this.nextOnWire(choice)?.message;
  }

  /** The server reads the next publish, or answers one that it has read. @returns the story */
  advance(choice: number, answer: Answer): string | undefined {
    const next = this.nextOnWire(choice);
    const read = this.publishes.filter(({ phase }) => phase === 'received');
    if (next !== undefined && (read.length === 0 || choice % 2 === 0)) return this.read(next, answer);
    // Acknowledgements keep the order within a QoS.
    const first = read[0];
    const other = read.find(({ message }) => message.qos !== first?.message.qos);
    const answered = choice % 3 === 0 ? (other ?? first) : first;
    if (answered === undefined) return undefined;
    this.take(answered);
    answered.resolve(RESULT);
    this.outlets.room();
    return `acknowledges ${text(answered.message)}`;
  }

  /** @param reaches how many of those on the wire the server still gets */
  cut(reaches: number): void {
    const onWire = this.publishes.filter(({ phase }) => phase === 'wire');
    for (const { message } of onWire.slice(0, reaches)) this.server.receive(message);
    const all = this.publishes.splice(0);
    for (const intake of this.intakes) intake.cut(reaches);
    if (this.state === 'disconnected') return;
    this.state = 'disconnected';
    for (const publish of all) publish.reject(disconnected());
    this.outlets.changed();
    this.emit('state', 'disconnected');
  }

  /** Its process dies: nobody is told anything. */
  die(reaches: number): void {
    this.state = 'disconnected';
    const onWire = this.publishes.filter(({ phase }) => phase === 'wire');
    for (const { message } of onWire.slice(0, reaches)) this.server.receive(message);
    this.publishes = [];
    for (const intake of this.intakes) intake.cut(reaches);
  }

  up(): void {
    if (this.state === 'connected' || this.server.down) return;
    this.state = 'connected';
    this.upSince = this.options.time();
    this.options.onUp(this);
    for (const intake of this.intakes) intake.up();
    this.outlets.changed();
    this.emit('state', 'connected');
  }

  private read(publish: Publish, answer: Answer): string {
    const { message } = publish;
    if (answer === 'taken') {
      publish.phase = 'received';
      this.server.receive(message);
      if (message.qos > 0) return `reads ${text(message)}`;
      this.take(publish);
      publish.resolve(RESULT);
      this.outlets.room();
    } else {
      this.take(publish);
      publish.reject(refusal(answer));
    }
    this.outlets.room();
    return `${answer} ${text(message)}`;
  }

  private take(publish: Publish): void {
    this.publishes.splice(this.publishes.indexOf(publish), 1);
  }

  /** At once, or not at all. */
  private write(message: WireMessage): Promise<PublishResult> | NoRoom {
    const { windows, onWire } = this.options;
    if (!this.isConnected()) return Promise.reject(disconnected());
    if (this.publishes.length >= windows.all) return 'all';
    const twos = this.publishes.filter((other) => other.message.qos === 2).length;
    if (message.qos === 2 && twos >= windows.exactlyOnce) return 'kind';
    onWire(this, message);
    return new Promise((resolve, reject) => this.publishes.push({ message, phase: 'wire', resolve, reject }));
  }
}

function text(message: WireMessage): string {
  return `event ${String(message.headers['n'])}`;
}

function disconnected(): GridwireError {
  return new GridwireError('BROKER_DISCONNECTED', 'The simulated connection was cut.');
}

function refusal(answer: 'refused' | 'quota'): GridwireError {
  const code = answer === 'quota' ? 'BROKER_QUOTA' : 'BROKER_REFUSED';
  return new GridwireError(code, `The simulated broker says: ${answer}.`);
}
