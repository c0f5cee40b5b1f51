import type { ErrorCode } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import { Fact } from './fact.js';

/**
 * Who tells a fact. One object for as long as the teller lives, so that a listener may know it again by that; it never
 * names a device, a topic or an event.
 */
export interface Place {
  /** What people call the node; its id where it has no name. */
  readonly node: string;
  /** What people call the broker, and what it is: `mqtt`, `kafka`, `memory`. */
  readonly broker?: string;
  readonly system?: string;
  /** The ids of both, by which the editor finds them. */
  readonly id?: string;
  readonly brokerId?: string;
}

/** What kind of event it is about: never which one. One object for each type of an opened contract. */
export interface About {
  readonly contract: string;
  readonly type: string;
  /** As the type is called on the wire. */
  readonly wireName: string;
  /** The topic with its parameters as names. */
  readonly template: string;
}

/** A fact of one event; `about` is absent where its contract is not known. */
export interface Told {
  place: Place;
  about?: About | undefined;
}

export type Way = 'in' | 'out';

/** Something that does not go on as it was meant to. */
export interface Trouble extends Told {
  way: Way;
  code: ErrorCode;
}

/** An event that passes, with all that it holds. */
export interface Passing extends Told {
  way: Way;
  message: WireMessage;
}

/** All kinds of facts. What is told here happened; nothing is told twice. */
export const facts = {
  /** An outbox answers for an event from now on. */
  accepted: new Fact<Told>('accepted'),
  /** The broker has acknowledged an event. `seconds` since it was written to the wire, `age` since it was accepted. */
  sent: new Fact<Told & { seconds: number; age: number }>('sent'),
  /** An event was not accepted, or is not processed: its contract, its bounds. `rule` is the rule that it breaks. */
  refused: new Fact<Trouble & { rule?: string }>('refused'),
  /** An event, or one attempt at it, failed. */
  failed: new Fact<Trouble>('failed'),
  /** An event became too old, and is given up. */
  expired: new Fact<Trouble>('expired'),
  /** Events are lost: by an outbox, or as far as it says so by the broker itself. `count` is 0 where nobody can say how many. */
  dropped: new Fact<Trouble & { count: number }>('dropped'),
  /** A broker has handed an event over. */
  received: new Fact<Told>('received'),
  /** The flow has ended with an event. `code`: it failed. */
  processed: new Fact<Told & { seconds: number; code?: ErrorCode }>('processed'),
  /** The broker has been told that it need not keep an event. `seconds` since it came. */
  settled: new Fact<Told & { seconds: number }>('settled'),
  /** An event lies in the store: until its next attempt, while it is worked on, or until somebody decides. */
  parked: new Fact<Told & { kind: string }>('parked'),
  /** An event is a dead letter now. */
  lettered: new Fact<Told & { code: string }>('lettered'),
  /** Repetitions were recognised, and left out. */
  repeated: new Fact<Told & { count: number }>('repeated'),
  /** A connection stands. */
  connected: new Fact<{ place: Place }>('connected'),
  /** A connection ended, or could not be made. */
  lost: new Fact<{ place: Place; code?: ErrorCode }>('lost'),
  /** So many events lie in the broker's log, and are not settled here. */
  lag: new Fact<{ place: Place; count: number }>('lag'),
  /** A store has committed. `code`: it could not. */
  written: new Fact<{ kind: string; rows: number; seconds: number; code?: ErrorCode }>('written'),
  /** Clients of a stream were too slow for events, and miss them. */
  missed: new Fact<{ place: Place; count: number }>('missed'),
  /** An event came in, or is to go out: for people who look on. Nobody counts, keeps or sends on what is in it. */
  passing: new Fact<Passing>('passing'),
  /** A step of the grid was computed. */
  solved: new Fact<{ place: Place; converged: boolean; iterations: number; seconds: number }>('solved'),
  /** A battery monitor was read, or could not be. */
  reading: new Fact<{ place: Place; code?: ErrorCode }>('reading'),
} as const;

export type Facts = typeof facts;
export type FactName = keyof Facts;
/** What is told with a kind of fact. */
export type ToldWith<Name extends FactName> = Facts[Name] extends Fact<infer What> ? What : never;

/** Listens to some kinds of facts. @returns ends it */
export function listen(listeners: {
  [Name in FactName]?: (told: ToldWith<Name>) => void;
}): () => void {
  const ends = Object.entries(listeners).map(([name, listener]) =>
    (facts[name as FactName] as Fact<object>).listen(listener as (told: object) => void),
  );
  return () => ends.forEach((end) => end());
}

/** The rule that a refused document breaks first, as its error names it. */
export function ruleIn({ details }: { details: Record<string, unknown> }): { rule?: string } {
  const [first] = Array.isArray(details['violations']) ? (details['violations'] as { rule?: unknown }[]) : [];
  return typeof first?.rule === 'string' ? { rule: first.rule } : {};
}
