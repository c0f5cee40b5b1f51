import { GridwireError } from '../../errors.js';
import { BM6_REQUESTS } from '../frames/bm6.js';
import { encrypt } from '../frames/cipher.js';
import { decodeFrame, detectFamily } from '../frames/detect.js';
import { FAMILIES, FAMILY_NAMES, type Family } from '../frames/family.js';
import { implausibility, type Measurement } from '../frames/measurement.js';
import type { Link } from './adapter.js';
import { Inbox } from './inbox.js';

export interface SessionOptions {
  /** Set by the user: nothing else is tried. */
  family?: Family | undefined;
  /** Seen in an advertisement: tried first. */
  hint?: Family | undefined;
  signal: AbortSignal;
  /** How long each family gets to answer, milliseconds; a BM2 sends once a second. */
  answerWithin?: number;
}

const ANSWER_WITHIN_MS = 3000;
/** Frames that may fail to decode in a row before the link is called unreadable. */
const MOST_UNREADABLE = 10;

/** One monitor over one open link: finds out what it is, asks for measurements, and hands them out one by one. */
export class MonitorSession {
  readonly link: Link;
  readonly #inbox = new Inbox<Uint8Array>();
  readonly #signal: AbortSignal;
  #family: Family | undefined;
  #version: string | undefined;
  #lastCommand: string | undefined;

  private constructor(link: Link, signal: AbortSignal) {
    this.link = link;
    this.#signal = signal;
    link.on('notification', (bytes) => this.#inbox.push(bytes));
    link.once('closed', (reason) => this.#inbox.fail(reason ?? linkClosed(link.address)));
  }

  /**
   * Turns notifications on and settles the family.
   * @throws GridwireError `MONITOR_SILENT` when nothing answers, `MONITOR_UNREADABLE` when the answer is not of the
   *   family that was set, `MONITOR_LINK_LOST`
   */
  static async open(link: Link, options: SessionOptions): Promise<MonitorSession> {
    const session = new MonitorSession(link, options.signal);
    await link.subscribe();
    session.#family = await session.#settleFamily(options);
    return session;
  }

  get family(): Family {
    if (this.#family === undefined) throw new GridwireError('INTERNAL', 'The session is not open yet.');
    return this.#family;
  }

  /** The firmware's own words in hex, when it has told them. */
  get version(): string | undefined {
    return this.#version;
  }

  get lastCommand(): string | undefined {
    return this.#lastCommand;
  }

  /** Asks for the version (BM6 and BM7); the answer arrives among the measurements. */
  async requestVersion(): Promise<void> {
    if (!FAMILIES[this.family].pushes) await this.request('version', BM6_REQUESTS.version);
  }

  /**
   * The next possible measurement.
   * @throws GridwireError `MONITOR_SILENT` when none came in time, `MONITOR_UNREADABLE` when only rubbish did,
   *   `MONITOR_LINK_LOST`
   */
  async nextMeasurement(milliseconds: number): Promise<Measurement> {
    const deadline = performance.now() + milliseconds;
    for (let unreadable = 0; unreadable < MOST_UNREADABLE;) {
      const bytes = await this.nextNotification(deadline - performance.now());
      if (bytes === undefined) throw silent(this.link.address, milliseconds);
      const frame = decodeFrame(this.family, bytes);
      if (frame?.kind === 'live' && implausibility(frame.measurement) === undefined) return frame.measurement;
      if (frame === undefined || frame.kind === 'live' || frame.kind === 'unknown') unreadable += 1;
      else if (frame.kind === 'version') this.#version = frame.raw;
    }
    throw new GridwireError(
      'MONITOR_UNREADABLE',
      `${this.link.address} sends frames that are not ${this.family}. Set its family to automatic, or report the frames if that does not help.`,
      { details: { address: this.link.address, family: this.family } },
    );
  }

  /** The next raw notification, or undefined when none came in time. */
  nextNotification(milliseconds: number): Promise<Uint8Array | undefined> {
    return this.#inbox.next(milliseconds, this.#signal);
  }

  /** Encrypts and writes a request. */
  async request(name: string, plaintext: Uint8Array): Promise<void> {
    await this.#write(this.family, name, plaintext);
  }

  async #write(family: Family, name: string, plaintext: Uint8Array): Promise<void> {
    this.#lastCommand = name;
    await this.link.write(encrypt(family, plaintext), FAMILIES[family].writesWithResponse);
  }

  /** A BM2 speaks unasked; the others are asked in their own key, which the wrong family cannot understand. */
  async #settleFamily({ family, hint, answerWithin = ANSWER_WITHIN_MS }: SessionOptions): Promise<Family> {
    const candidates = family ? [family] : likeliestFirst(hint);
    for (const candidate of candidates) {
      if (!FAMILIES[candidate].pushes) await this.#write(candidate, 'live', BM6_REQUESTS.live);
      const found = await this.#recognise(answerWithin);
      if (found === undefined) continue;
      if (family !== undefined && found !== family) throw otherFamily(this.link.address, family, found);
      return found;
    }
    throw silent(this.link.address, candidates.length * answerWithin);
  }

  async #recognise(milliseconds: number): Promise<Family | undefined> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const bytes = await this.nextNotification(deadline - performance.now());
      if (bytes === undefined) return undefined;
      const family = detectFamily(bytes);
      if (family === undefined) continue;
      // The frame that gave the family away may be the measurement the caller wants.
      this.#inbox.push(bytes);
      return family;
    }
  }
}

function likeliestFirst(hint: Family | undefined): readonly Family[] {
  return hint ? [hint, ...FAMILY_NAMES.filter((family) => family !== hint)] : FAMILY_NAMES;
}

function silent(address: string, milliseconds: number): GridwireError {
  return new GridwireError(
    'MONITOR_SILENT',
    `${address} accepted the link and sent no measurement within ${Math.round(milliseconds / 1000)} s. Close the maker's app if it is open, and check that this is a BM2, BM6 or BM7.`,
    { details: { address } },
  );
}

function otherFamily(address: string, expected: Family, found: Family): GridwireError {
  return new GridwireError(
    'MONITOR_UNREADABLE',
    `${address} is set as ${expected} and answers as ${found}. Set its family to ${found} or to automatic.`,
    { details: { address, expected, found } },
  );
}

function linkClosed(address: string): GridwireError {
  return new GridwireError('MONITOR_LINK_LOST', `The link to ${address} was closed.`, {
    details: { address },
  });
}
