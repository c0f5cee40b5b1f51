import type { IncomingHttpHeaders } from 'node:http';
import type { WebSocket } from 'ws';
import { toGridwireError } from '../../src/errors.js';
import { own } from '../../src/own.js';
import { StreamClient } from '../../src/stream/stream-client.js';
import { notice, type Streamed } from '../../src/stream/streamed.js';
import { EVERYTHING, readSaid, type Said, type Wish } from '../../src/stream/wish.js';
import type { Door } from './door.js';

/** How long somebody may take to say who they are, milliseconds. */
const PATIENCE = 10_000;
/** How often it is looked whether somebody is still there, and still may be, milliseconds. */
const LOOK_EVERY = 30_000;
/** Close codes: WebSocket's own for one who may not, and for what is too much. */
const MAY_NOT = 1008;
const TOO_MUCH = 1009;
/** So many messages within one look are no choice of filters any more. */
const MOST_SAID = 100;

/** One WebSocket at a stream's door: until it is known who it is it is told nothing. */
export class Guest {
  private readonly client: StreamClient;
  private readonly timer: NodeJS.Timeout;
  private readonly patience: NodeJS.Timeout;
  private wish: Wish = EVERYTHING;
  private isIn = false;
  private isChecking = false;
  /** Whether it has taken anything since it was looked last: one that only talks would have its answers pile up. */
  private isAlive = true;
  private said = 0;

  /** @param news somebody came in, or left */
  constructor(
    private readonly socket: WebSocket,
    private headers: IncomingHttpHeaders,
    private readonly door: Door,
    room: number,
    private readonly news: () => void,
  ) {
    this.client = new StreamClient(
      {
        get buffered() {
          return socket.bufferedAmount;
        },
        send: (text, taken) =>
          socket.send(text, { binary: false }, (error) => {
            // One that cannot be sent has its connection's end, which is told by that.
            if (error instanceof Error) return;
            this.isAlive = true;
            taken();
          }),
      },
      room,
    );
    this.patience = setTimeout(() => this.close(MAY_NOT, 'nobody said who this is'), PATIENCE);
    this.timer = setInterval(() => this.look(), LOOK_EVERY);
    socket.on('message', (data: Buffer) => this.heard(data.toString()));
    socket.on('pong', () => (this.isAlive = true));
    // The end of the connection follows.
    socket.on('error', () => undefined);
    socket.once('close', () => this.end());
    // What a browser sends by itself, and programs in their headers, may be enough.
    own(this.check(headers, false), () => socket.terminate());
  }

  /** Whether it is told what passes. */
  get isInside(): boolean {
    return this.isIn;
  }

  get missed(): number {
    return this.client.missed;
  }

  /** @returns whether it missed it */
  offer(event: Streamed): boolean {
    return this.isIn && this.client.offer(event);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  private heard(text: string): void {
    this.said += 1;
    if (this.said > MOST_SAID) {
      this.close(TOO_MUCH, 'too many messages');
      return;
    }
    let said: Said;
    try {
      said = readSaid(text);
    } catch (thrown) {
      // Whoever is not known learns nothing of why.
      if (this.isIn) this.refuse(thrown);
      else this.close(MAY_NOT, 'say who you are first');
      return;
    }
    if (said.wish !== undefined) this.wish = said.wish;
    if (said.token !== undefined) {
      const headers = { ...this.headers, authorization: `Bearer ${said.token}` };
      own(this.check(headers, true), () => this.socket.terminate());
    } else if (this.isIn) this.client.wants(this.wish);
  }

  /** @param isLast whoever is not known by this has to go */
  private async check(headers: IncomingHttpHeaders, isLast: boolean): Promise<void> {
    this.isChecking = true;
    const isKnown = await this.door.knows(headers);
    this.isChecking = false;
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (!isKnown) {
      if (isLast) this.close(MAY_NOT, 'you may not see this stream');
      return;
    }
    clearTimeout(this.patience);
    this.headers = headers;
    const isNew = !this.isIn;
    this.isIn = true;
    this.client.wants(this.wish);
    if (isNew) this.news();
  }

  private look(): void {
    this.said = 0;
    if (!this.isAlive) {
      this.socket.terminate();
      return;
    }
    this.isAlive = false;
    this.socket.ping();
    if (this.isIn && !this.isChecking) own(this.lookAgain(), () => this.socket.terminate());
  }

  /** A session ends, and rights are taken away. */
  private async lookAgain(): Promise<void> {
    if (await this.door.knows(this.headers)) return;
    this.isIn = false;
    this.close(MAY_NOT, 'you may not see this stream any more');
  }

  private refuse(thrown: unknown): void {
    const { code, message } = toGridwireError(thrown);
    this.client.tell(notice('stream_refused', { code, message }));
  }

  private end(): void {
    clearTimeout(this.patience);
    clearInterval(this.timer);
    this.isIn = false;
    this.news();
  }
}
