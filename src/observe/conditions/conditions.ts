import { counted } from '../../counted.js';
import type { Place } from '../facts/facts.js';
import type { Standing } from '../facts/standings.js';
import { type Condition, type ConditionName, critical, type SubjectForm, warning } from './condition.js';
import type { Disk } from './disk-watch.js';
import { Names } from './names.js';
import type { Loss, Watch } from './watch.js';

/** From when on something is a condition. */
export interface ConditionBounds {
  /** Age of the oldest event that waits, seconds. */
  queueAge: number;
  /** Share of its room that a queue takes, 0 to 1. */
  queueFill: number;
  /** Seconds without an acknowledgement although there is work. */
  idle: number;
  /** Dead letters within the window. */
  letters: number;
  /** Share of the disk that is used, 0 to 1. */
  disk: number;
  /** Days before a certificate ends. */
  certificate: number;
}

export const DEFAULT_BOUNDS: ConditionBounds = {
  queueAge: 300,
  queueFill: 0.8,
  idle: 60,
  letters: 1,
  disk: 0.8,
  certificate: 30,
};

/** What is known of the machine. */
export interface Machine {
  /** Those that can be asked. */
  disks?: readonly Disk[];
  /** What is not plausible about the clock. */
  clock?: string;
  /** What its clock says, by which certificates are judged; milliseconds since the epoch. */
  wall?: number;
}

/**
 * So long a store may take to open and a broker to connect, seconds. Far away they do; and for one that hangs an alarm is
 * active within ten, though its node looks once a second and waits two.
 */
export const STARTS_WITHIN = 6;
/** A broker and a store may take so long to answer, seconds: one that hangs is an alarm within ten. */
export const SILENT = 3;
const CRITICAL_DISK = 0.95;
const DAY = 86_400_000;
/** Days before the end of a certificate at which it is told again, more urgently. */
const URGENT = [7, 1, 0];
/** So many silent devices have a condition of their own. */
const NAMED_DEVICES = 100;

/** Everything that is wrong now. */
export function conditionsOf(
  standings: readonly Standing[],
  watch: Pick<Watch, 'lastSent' | 'lastSettled' | 'reasonFor' | 'recentLosses'>,
  machine: Machine,
  now: number,
  bounds: ConditionBounds = DEFAULT_BOUNDS,
): Condition[] {
  const names = new Names(standings);
  return [
    ...standings.flatMap((standing) =>
      ofStanding(standing, names, watch, { now, wall: machine.wall ?? now }, bounds),
    ),
    ...watch
      .recentLosses()
      .flatMap((loss) => ofLoss({ ...loss, node: names.of(loss.node, loss.id) }, bounds)),
    ...ofMachine(machine, bounds),
  ];
}

function ofStanding(
  standing: Standing,
  names: Names,
  watch: Pick<Watch, 'lastSent' | 'lastSettled' | 'reasonFor'>,
  { now, wall }: { now: number; wall: number },
  bounds: ConditionBounds,
): Condition[] {
  switch (standing.of) {
    case 'broker': {
      const { node } = names.placeOf(standing.place);
      const ending = ofCertificates(node, standing.certificates, wall, bounds);
      if (standing.connected && (standing.silent ?? 0) >= SILENT) {
        const seconds = Math.round(standing.silent ?? 0);
        const text = `The broker ${node} is connected and has not answered for ${seconds} s. Events for it wait; look at whether it hangs or has too much to do, and at the network.`;
        return [...ending, critical('broker-away', node, text, 'BROKER_TIMEOUT')];
      }
      if (standing.connected || (standing.connecting ?? Infinity) < STARTS_WITHIN) return ending;
      const code = watch.reasonFor(standing.place);
      const text = `The broker ${node} is not connected${because(code)}. Events for it wait; look at the broker, the network and the settings.`;
      return [...ending, critical('broker-away', node, text, code)];
    }
    case 'store': {
      const { open, silent = 0, code } = standing;
      const name = names.of(standing.name, standing.id);
      if (open && silent >= SILENT) {
        const text = `The store ${name} is open and has not answered for ${Math.round(silent)} s. What needs it waits; look at whether its database or its disk hangs or has too much to do, and at the network.`;
        return [critical('store-away', name, text, 'STORE_UNAVAILABLE')];
      }
      if (open || (standing.opening ?? Infinity) < STARTS_WITHIN) return [];
      const text = `The store ${name} cannot be used${because(code)}. What needs it waits; look at its node in the log, at the disk and at the database.`;
      return [critical('store-away', name, text, code)];
    }
    case 'probe': {
      if (standing.code === undefined) return [];
      const { node } = names.placeOf(standing.place);
      const text = `The event that ${node} publishes to see whether the way is open was not acknowledged${because(standing.code)}. Look at the broker, and whether this client may publish there.`;
      return [critical('probe-failed', node, text, standing.code)];
    }
    case 'subscription': {
      if (standing.refused === undefined) return [];
      const { node, broker = '' } = names.placeOf(standing.place);
      const text = `${node} receives nothing: its subscription at ${broker} was refused${because(standing.refused)}. Look at the rights of this client there, and at the filter.`;
      const form: SubjectForm = { how: 'queue', node, broker };
      return [{ ...critical('subscribe-refused', `${node} to ${broker}`, text, standing.refused), form }];
    }
    case 'alarms':
    case 'stream':
    case 'monitors':
    case 'lag':
      return [];
    case 'devices':
      return ofDevices(standing, names);
    case 'inbox':
      return ofInbox(standing, names.placeOf(standing.place), watch.lastSettled(standing.place), now, bounds);
    case 'outbox':
      return ofOutbox(standing, names.placeOf(standing.place), watch.lastSent(standing.place), now, bounds);
  }
}

/** A certificate that has ended ends the connection at the next attempt. */
function ofCertificates(
  broker: string,
  certificates: (Standing & { of: 'broker' })['certificates'],
  wall: number,
  bounds: ConditionBounds,
): Condition[] {
  return certificates.flatMap(({ whose, endsAt }) => {
    const days = (endsAt - wall) / DAY;
    if (days > bounds.certificate) return [];
    const stage = URGENT.filter((least) => days <= least).length;
    const subject = whose === 'own' ? `${broker} (own)` : broker;
    const what =
      whose === 'own' ? `The certificate of this side at ${broker}` : `The certificate of ${broker}`;
    const text = `${what} ends at ${new Date(endsAt).toISOString()}. Renew it; without a valid one there is no connection.`;
    const severity = stage === 0 ? 'warning' : 'critical';
    const form: SubjectForm = { how: 'own-certificate', broker };
    return [
      {
        ...{ name: 'certificate-ends', subject, severity, text, value: Math.floor(days), stage },
        ...(whose === 'own' ? { form } : {}),
      },
    ];
  });
}

/** One for each, so that each is told as it falls silent; beyond some, all others are one. */
function ofDevices({ silent, ...registry }: Standing & { of: 'devices' }, names: Names): Condition[] {
  const node = names.of(registry.node, registry.id);
  const found = silent.slice(0, NAMED_DEVICES).map(({ device, since }) => {
    const text = `The device ${device} of ${node} was last heard at ${new Date(since).toISOString()}, or not at all since then. Look at its power and its network.`;
    return warning('device-silent', names.ofDevice(device, node), text);
  });
  const others = silent.length - found.length;
  if (others > 0) {
    const text = `${silent.length} devices of ${node} are silent. Look at what they have in common.`;
    found.push(warning('device-silent', node, text, silent.length));
  }
  return found;
}

function ofOutbox(
  { waiting, underWay, oldest, limit, breaker }: Standing & { of: 'outbox' },
  place: Place,
  lastSent: number | undefined,
  now: number,
  bounds: ConditionBounds,
): Condition[] {
  const { node, broker = '' } = place;
  const subject = `${node} to ${broker}`;
  const form: SubjectForm = { how: 'queue', node, broker };
  const held = waiting + underWay;
  const found: Condition[] = [];
  if (breaker !== 'closed') {
    const text = `The broker ${broker} fails, and ${node} holds ${counted(held, 'event')} for it. It is tried from time to time; look at the broker.`;
    found.push(warning('broker-failing', subject, text, held));
  }
  if (oldest > bounds.queueAge) {
    const text = `An event of ${node} has waited ${Math.round(oldest)} s for ${broker}, one of ${held} in all. Look at what holds them up: the broker, its limits, or its rights.`;
    found.push(warning('queue-old', subject, text, Math.round(oldest)));
  }
  if (held >= bounds.queueFill * limit) {
    const text = `${node} holds ${counted(held, 'event')} for ${broker}; it takes ${limit}. Restore the broker, raise the limit, or send less.`;
    found.push(warning('queue-full', subject, text, held));
  }
  const quiet = now - (lastSent ?? -Infinity) > bounds.idle * 1_000;
  if (held > 0 && oldest > bounds.idle && quiet) {
    const text = `${node} holds ${counted(held, 'event')}, and ${broker} has acknowledged none for ${bounds.idle} s. Look at the log of the broker and at its limits.`;
    found.push(critical('no-progress', subject, text));
  }
  return found.map((condition) => ({ ...condition, form }));
}

function ofInbox(
  { inHand, oldest }: Standing & { of: 'inbox' },
  place: Place,
  lastSettled: number | undefined,
  now: number,
  { idle }: ConditionBounds,
): Condition[] {
  const quiet = now - (lastSettled ?? -Infinity) > idle * 1_000;
  if (oldest <= idle || !quiet) return [];
  const text = `The flow behind ${place.node} has ${counted(inHand, 'event')}, and has finished with none for ${idle} s. Look for a node that keeps them.`;
  return [warning('no-progress', place.node, text, inHand)];
}

function ofLoss({ kind, node, code, count }: Loss, bounds: ConditionBounds): Condition[] {
  const subject = `${node} ${code}`;
  const events = counted(count, 'event');
  switch (kind) {
    case 'dropped': {
      const text = `${node} lost ${events} (${code}). Raise the limit of who dropped them, or receive faster.`;
      return [{ ...critical('events-lost', subject, text, code), value: count }];
    }
    case 'uncertain': {
      const text = `Events for ${node} may be lost, and nobody can say how many (${code}). Look at the broker's limits and at the log.`;
      return [critical('events-lost', subject, text, code)];
    }
    case 'expired':
      return [
        ofCount(
          'events-expired',
          `${node} gave up ${events}: too late (${code}). Look at what held events up, or give them more time.`,
        ),
      ];
    case 'failed':
      return [
        ofCount(
          'events-failed',
          `${node} failed for good with ${events} (${code}). Look at the error of the flow, and at the dead letters.`,
        ),
      ];
    case 'refused':
      return [
        ofCount(
          'events-refused',
          `${node} refused ${events} (${code}). Its panel says why; correct the flow before it, its limits or its rights.`,
        ),
      ];
    case 'lettered': {
      const text = `${node} made dead letters of ${events} (${code}). Look at them in the sidebar.`;
      return count < bounds.letters ? [] : [ofCount('dead-letters', text)];
    }
  }
  function ofCount(name: ConditionName, text: string): Condition {
    return { ...warning(name, subject, text, count), code };
  }
}

function ofMachine({ disks = [], clock }: Machine, bounds: ConditionBounds): Condition[] {
  const found = disks.flatMap(({ name, used }): Condition[] => {
    if (used < bounds.disk) return [];
    const which = name === undefined ? 'The disk' : `The disk of the store ${name}`;
    const text = `${which} is ${Math.round(used * 100)} % full. Make room, or let the store keep less.`;
    const severity = used >= CRITICAL_DISK ? 'critical' : 'warning';
    return [{ name: 'disk-full', subject: name ?? 'disk', severity, text, value: used }];
  });
  if (clock !== undefined) found.push(warning('clock-wrong', 'clock', clock));
  return found;
}

function because(code: string | undefined): string {
  return code === undefined ? '' : ` (${code})`;
}
