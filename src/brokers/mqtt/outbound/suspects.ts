import { systemClock } from '../../../clock.js';
import { GridwireError } from '../../../errors.js';
import type { WireMessage } from '../../../event.js';

/** Losses of the connection, in a row, that make a suspect of a message that was under way in each. */
const LOSSES = 2;
/** How often a suspect must have ended the connection alone before it is found guilty. */
const TRIALS = 3;
/** A broker that will not have a message says so at once; a connection that ends later ended for another reason. */
const PROMPT = 5_000;
/** Bounds of the time for which a connection must stand without the suspect, milliseconds. */
const PROBATION = { minimum: 1_000, maximum: 15_000 };
/** Connections that may end within that time, with other messages under way, before the suspicion is dropped. */
const FAILED_PROBATIONS = 2;

/** What a broker says by a DISCONNECT (MQTT 5) that is about the message it was sent. */
const ACCUSATIONS = new Set([0x81, 0x82, 0x90, 0x93, 0x94, 0x95, 0x99, 0x9a, 0x9b]);
/** How a connection ends where a broker gives no reason, or one that may be about the message. */
const SUDDEN = new Set<unknown>(['ECONNRESET', 'EPIPE', 0x80, 0x83, 0x87]);

interface Trial {
  /** Belongs to this run of suspicions; an older one is void. */
  run: number;
  losses: number;
  charges: number;
}

/** How a connection ended. */
export interface Loss {
  error: GridwireError;
  /** Messages handed to the broker and not acknowledged. */
  underWay: readonly WireMessage[];
  /** The suspect that was the only one under way, and for how long, milliseconds. */
  alone?: { message: WireMessage; since: number };
}

/**
 * Finds the message at which a broker ends the connection (too large for it, a topic it does not allow): on MQTT 3.1.1
 * there is no other answer, and such a message would be sent again for ever while all others wait.
 *
 * Connections end for many reasons, so a message is found guilty by experiment only. One that was under way in two
 * losses running is sent alone from then on. If the connection ends promptly while it is alone, it is charged; the
 * next connection must then stand for longer than the last one stood before the suspect is sent again. Three charges
 * find it guilty. Whatever points to an outage drops all charges: the broker could not be reached again at once, or the
 * connection ended without the suspect.
 */
export class Suspects {
  readonly #trials = new WeakMap<WireMessage, Trial>();
  readonly #verdicts = new WeakMap<WireMessage, GridwireError>();
  /** No message was ever under suspicion: nothing needs to be looked up for each that is sent. */
  #areNone = true;
  #run = 0;
  #upAt = 0;
  #probation = 0;
  #failed = 0;

  /** Why a message must not be sent any more. */
  verdictOn(message: WireMessage): GridwireError | undefined {
    return this.#areNone ? undefined : this.#verdicts.get(message);
  }

  /** Whether a message must be sent alone. */
  has(message: WireMessage): boolean {
    if (this.#areNone) return false;
    const trial = this.#trials.get(message);
    return trial?.run === this.#run && trial.losses >= LOSSES;
  }

  /** Milliseconds until the next suspect may be sent over this connection. */
  get wait(): number {
    return Math.max(0, this.#upAt + this.#probation - systemClock.now());
  }

  /** A connection was made. */
  up(): void {
    this.#upAt = systemClock.now();
  }

  /** No connection could be made: that is no message's fault. */
  outage(): void {
    this.#drop();
  }

  /** The broker answered a message. */
  answered(message: WireMessage): void {
    if (this.#areNone) return;
    const trial = this.#trials.get(message);
    if (trial === undefined) return;
    this.#trials.delete(message);
    if (trial.run === this.#run && trial.charges > 0) this.#drop();
  }

  /** A connection that was up has ended. The message that was alone may have its verdict now. */
  down({ error, underWay, alone }: Loss): void {
    const accused = ACCUSATIONS.has(Number(error.details['code']));
    if (!accused && !isSudden(error)) return;
    if (alone !== undefined) {
      if (alone.since <= PROMPT) this.#charge(alone.message, error, accused);
      return;
    }
    if (this.wait > 0) {
      this.#failed += 1;
      if (underWay.length === 0 || this.#failed >= FAILED_PROBATIONS) this.#drop();
    }
    for (const message of underWay) this.#trialOf(message).losses += accused ? LOSSES : 1;
  }

  #charge(message: WireMessage, error: GridwireError, accused: boolean): void {
    const trial = this.#trialOf(message);
    trial.charges += 1;
    const stood = systemClock.now() - this.#upAt;
    this.#probation = Math.min(Math.max(PROBATION.minimum, 2 * stood), PROBATION.maximum);
    this.#failed = 0;
    if (!accused && trial.charges < TRIALS) return;
    this.#trials.delete(message);
    this.#verdicts.set(message, guilty(message, error, trial.charges));
    this.#drop();
  }

  #trialOf(message: WireMessage): Trial {
    const known = this.#trials.get(message);
    if (known?.run === this.#run) return known;
    const trial = { run: this.#run, losses: 0, charges: 0 };
    this.#areNone = false;
    this.#trials.set(message, trial);
    return trial;
  }

  #drop(): void {
    this.#run += 1;
    this.#probation = 0;
    this.#failed = 0;
  }
}

/** Without a word, or by a reset; what this side ended, and what the network or the keepalive ended, is neither. */
function isSudden({ code, details, cause }: GridwireError): boolean {
  if (details['code'] !== undefined) return SUDDEN.has(details['code']);
  return code === 'BROKER_DISCONNECTED' && cause === undefined;
}

function guilty({ topic, body }: WireMessage, cause: GridwireError, trials: number): GridwireError {
  const bytes = body.byteLength;
  const text =
    `The broker ends the connection whenever it is sent the message for ${topic} (${bytes} bytes): sent alone, it did ` +
    `so ${trials === 1 ? 'at once, and named a reason' : `${trials} times`}. Probably it is larger than the broker takes, or its topic is not ` +
    `allowed; the broker's log may say which.`;
  return new GridwireError('BROKER_REFUSED', text, {
    cause,
    details: { topic, bytes, trials, ...cause.details },
  });
}
