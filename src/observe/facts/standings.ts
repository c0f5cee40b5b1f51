import type { ErrorCode } from '../../errors.js';
import type { Place } from './facts.js';

/** How something stands at the moment. */
export type Standing =
  | {
      of: 'outbox';
      place: Place;
      waiting: number;
      underWay: number;
      bytes: number;
      /** Most events that it may hold. */
      limit: number;
      /** Age of the oldest event in memory that is not acknowledged, seconds. */
      oldest: number;
      breaker: 'closed' | 'open' | 'half-open';
    }
  /** `oldest`: for how long the flow has had what it has had longest, seconds. */
  | { of: 'inbox'; place: Place; inHand: number; waiting: number; oldest: number }
  /** Whether a node has subscribed: on a connection that stands, what is sent from now on reaches it. `refused`: why it cannot. */
  | { of: 'subscription'; place: Place; stands: boolean; refused?: ErrorCode }
  /** How many events lie in the broker's log that a subscription has not settled, as it was asked last. */
  | { of: 'lag'; place: Place; count: number }
  /** Only of a broker that somebody uses. */
  | {
      of: 'broker';
      place: Place;
      connected: boolean;
      /** For how long it has been connecting, where nothing has failed yet, seconds. */
      connecting?: number;
      /** For how long it has not answered on a connection that stands, seconds. */
      silent?: number;
      /** When certificates end, milliseconds since the epoch: its own, and the one by which this side says who it is. */
      certificates: readonly { whose: 'broker' | 'own'; endsAt: number }[];
    }
  | {
      of: 'store';
      name: string;
      id: string;
      kind: string;
      open: boolean;
      /** For how long it has been opening, where nothing has failed yet, seconds. */
      opening?: number;
      /** For how long it has not answered while it is open, seconds. */
      silent?: number;
      /** Why it cannot be used. */
      code?: ErrorCode;
      pending: number;
      pendingBytes: number;
      /** Where its file lies; a database has none here. */
      folder?: string;
    }
  /** Whether the last event that was published to see whether the way is open was acknowledged. */
  | { of: 'probe'; place: Place; code: string | undefined }
  /** The devices of a registry that were not heard for as long as it allows; `since` in milliseconds. */
  | { of: 'devices'; node: string; id?: string; known: number; silent: { device: string; since: number }[] }
  /**
   * The battery monitors of a node. `age`: for how long the one has said nothing that has been silent longest, seconds;
   * undefined until one was read.
   */
  | { of: 'monitors'; place: Place; known: number; connected: number; age: number | undefined }
  /** How many look on at a stream. */
  | { of: 'stream'; place: Place; clients: number }
  /** How many alarms are active or acknowledged. */
  | { of: 'alarms'; node: string; critical: number; warning: number };

type Report = () => Standing | undefined;

/**
 * Those who can say how they stand. They are asked when somebody looks, so that nothing is counted for nobody; whoever
 * lives tells it here, and whoever looks knows none of them.
 */
const reports = new Set<Report>();

/** @param report must not throw. @returns to be called when there is nothing to report any more */
export function reportStanding(report: Report): () => void {
  reports.add(report);
  return () => void reports.delete(report);
}

/** How everything stands now. */
export function standings(): Standing[] {
  return [...reports].flatMap((report) => report() ?? []);
}
