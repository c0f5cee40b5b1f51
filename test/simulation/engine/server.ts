import type { WireMessage } from '../../../src/event.js';

/** A message that waits at a server for a session. */
export interface Waiting {
  message: WireMessage;
  /** While it is in flight. Used again once it is free, as MQTT does it; a log's place otherwise. */
  packet: number | undefined;
  /** It was in flight before. */
  again: boolean;
  /** What a process calls it that has it in hand. */
  renamed?: { by: object; identity: string };
}

/** What a server keeps for one subscriber, connected or not. */
export class Session {
  readonly queue: Waiting[] = [];
  readonly inFlight: Waiting[] = [];
  private lastOffset = 0;

  constructor(
    private readonly bound: number,
    private readonly isLog: boolean,
    private readonly onGone: (message: WireMessage) => void,
  ) {}

  /** @returns false if it is beyond the bound and dropped without a word */
  arrive(message: WireMessage): boolean {
    if (this.queue.length >= this.bound) return false;
    this.queue.push({ message, packet: undefined, again: false });
    return true;
  }

  /** The next message goes out. */
  send(): Waiting | undefined {
    const next = this.queue.shift();
    if (next === undefined) return undefined;
    next.packet ??= this.freePacket();
    this.inFlight.push(next);
    return next;
  }

  acknowledged(waiting: Waiting): void {
    const index = this.inFlight.indexOf(waiting);
    if (index < 0) return;
    this.inFlight.splice(index, 1);
    this.onGone(waiting.message);
  }

  /** The connection has ended: what is in flight is sent again, first and in its order. */
  reset(): void {
    for (const waiting of this.inFlight) waiting.again = true;
    this.queue.unshift(...this.inFlight.splice(0));
  }

  get isEmpty(): boolean {
    return this.queue.length === 0 && this.inFlight.length === 0;
  }

  private freePacket(): number {
    if (this.isLog) {
      this.lastOffset += 1;
      return this.lastOffset;
    }
    const taken = new Set([...this.inFlight, ...this.queue].map(({ packet }) => packet));
    let packet = 1;
    while (taken.has(packet)) packet += 1;
    return packet;
  }
}

/** A broker as it is without anybody's connection to it. */
export class Server {
  /** Refuses every connection. */
  down = false;
  readonly sessions = new Map<string, Session>();

  constructor(
    readonly name: string,
    private readonly onReceived: (server: Server, message: WireMessage) => void,
    private readonly onAcknowledged: (message: WireMessage) => void,
  ) {}

  receive(message: WireMessage): void {
    this.onReceived(this, message);
  }

  session(name: string, bound: number, isLog: boolean): Session {
    let session = this.sessions.get(name);
    if (session === undefined)
      this.sessions.set(name, (session = new Session(bound, isLog, this.onAcknowledged)));
    return session;
  }
}
