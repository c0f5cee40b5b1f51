import type { Condition } from '../conditions/condition.js';
import type { Standing } from '../facts/standings.js';

/** Whether work gets done, and if not why. */
export interface HealthReport {
  /** `healthy`: nothing stands in the way. `degraded`: it works, and somebody should look. */
  status: 'healthy' | 'degraded' | 'unhealthy';
  /**
   * It does its work, or could: brokers and stores are there, what nodes asked their brokers for is confirmed, and where
   * something waits something was done lately.
   */
  ready: boolean;
  /** Connections to brokers that stand. */
  connections: number;
  /** When an event was last acknowledged, by a broker or to one; absent if none was since the process began. */
  lastWork?: string;
  /** What has begun and has not come to its end, where that is why it is not ready: nodes that subscribe, brokers that connect, stores that open. */
  waitsFor?: string[];
  /** What is wrong, the worst first. */
  problems: Condition[];
  /** When this was found out. */
  lastCheck: string;
}

/** Conditions that tell of what has been, and that say nothing of what can be done now. */
const PAST = ['events-lost', 'events-expired', 'events-failed', 'events-refused', 'dead-letters'];

/** Conditions that foretell: until then everything works. */
const TO_COME = ['certificate-ends', 'disk-full'];

/** @param lastWork and `now`: milliseconds since the epoch, as other systems read them */
export function healthReport(
  standings: readonly Standing[],
  conditions: readonly Condition[],
  lastWork: number | undefined,
  now: number,
): HealthReport {
  const problems = [...conditions].sort((one, other) => rank(one) - rank(other));
  const waitsFor = standings.flatMap((standing) => {
    if (standing.of === 'subscription' && !standing.stands && standing.refused === undefined)
      return [standing.place.node];
    if (standing.of === 'broker' && standing.connecting !== undefined) return [standing.place.node];
    return standing.of === 'store' && standing.opening !== undefined ? [standing.name] : [];
  });
  const stops = problems.some(
    ({ severity, name }) => severity === 'critical' && !PAST.includes(name) && !TO_COME.includes(name),
  );
  return {
    status: stops ? 'unhealthy' : problems.length > 0 ? 'degraded' : 'healthy',
    ready: !stops && waitsFor.length === 0,
    connections: standings.filter((standing) => standing.of === 'broker' && standing.connected).length,
    ...(lastWork === undefined ? {} : { lastWork: new Date(lastWork).toISOString() }),
    ...(waitsFor.length === 0 ? {} : { waitsFor }),
    problems,
    lastCheck: new Date(now).toISOString(),
  };
}

function rank({ severity }: Condition): number {
  return severity === 'critical' ? 0 : 1;
}
