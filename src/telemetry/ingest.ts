import { BOUNDS } from '../bounds.js';
import type { Contract } from '../contracts/contract.js';
import type { IngestData, IngestRouteData } from '../contracts/contract-data.js';
import { isObject } from '../contracts/json/json-value.js';
import { atPointer } from '../contracts/json/pointer.js';
import { canonicalParameter } from '../contracts/parameter.js';
import { joinPrefix } from '../contracts/topic-template.js';
import { formatTime } from '../contracts/time/timestamp.js';
import { GridwireError } from '../errors.js';
import type { GridwireEvent, InboundMessage, JsonObject } from '../event.js';
import type { AlertWatch } from './alert-watch.js';
import type { Device } from './device.js';
import type { DeviceRegistry } from './device-registry.js';
import { DeviceStatusTracker } from './device-status.js';
import { type Facts, memberValue } from './domain-members.js';
import type { DeviceStatus } from './status-memory.js';
import { statusName, wireValue } from './status-words.js';

/** What became of a message; `status` is what it made known of its device. */
export type IngestResult =
  | { kind: 'events'; events: GridwireEvent[]; status?: DeviceStatus }
  /** To be kept until the device is approved. */
  | { kind: 'held'; serialNumber: string }
  /** Nothing to tell: a status that did not change, came late, or a message that is not for the ingest. */
  | { kind: 'nothing'; reason: 'unchanged' | 'late' | 'not-for-ingest' | 'retained'; status?: DeviceStatus };

/** Marks an event that was made of a retained value without a time: nobody knows how old it is. */
export const RETAINED_HEADER = 'gridwire-retained';

/** Milliseconds; further ahead an event would freeze the device's status. */
const MAX_FUTURE_SKEW = BOUNDS.aheadMilliseconds;

/**
 * Turns messages from devices into the domain events of a contract: checks them, adds the device's identity from the
 * registry, and follows each device's status by the time of its events.
 */
export class TelemetryIngest {
  /** What to subscribe to. */
  readonly filter: string;
  private readonly rules: IngestData;
  readonly tracker = new DeviceStatusTracker();

  /**
   * @param alerts tells which measurements are worth an alert; without it there are none
   * @throws GridwireError `CONTRACT_INVALID` for a contract without ingest rules, or with alerts that it has no event for
   */
  constructor(
    private readonly contract: Contract,
    private readonly registry: DeviceRegistry,
    private readonly alerts?: AlertWatch,
  ) {
    const rules = contract.data.ingest;
    if (rules === undefined) {
      throw new GridwireError(
        'CONTRACT_INVALID',
        `The contract ${contract.name} says nothing about telemetry from devices; choose one that does, or use event subscribe.`,
      );
    }
    if (alerts !== undefined && rules.alert === undefined)
      throw new GridwireError('CONTRACT_INVALID', `The contract ${contract.name} has no event for alerts.`);
    this.rules = rules;
    this.filter = joinPrefix(contract.prefix, rules.filter);
  }

  /**
   * @param hold called if the message has to wait until its device is approved; it may throw
   * @throws GridwireError whatever makes the message unusable; it then belongs on `deadLetterTopic(message)`
   */
  process(message: InboundMessage, hold: (serialNumber: string) => void): IngestResult {
    const event = this.contract.parse(message);
    const route = this.rules.routes[event.type];
    if (route === undefined) {
      if (this.rules.ignored.includes(event.type)) return { kind: 'nothing', reason: 'not-for-ingest' };
      throw new GridwireError(
        'TOPIC_UNKNOWN',
        `${event.type} on ${event.topic} is not something a device sends.`,
      );
    }
    const time = this.timeOf(event, message.receivedAt);
    const serialNumber = this.deviceOf(event);
    const site = this.siteOf(event);
    const device = this.registry.find(serialNumber, site, message.receivedAt);
    if (device === undefined) {
      hold(serialNumber);
      return { kind: 'held', serialNumber };
    }
    const located = device.site === undefined && site !== undefined ? { ...device, site } : device;
    const role = this.contract.type(event.type).data.role;
    if (message.retain && event.time === undefined)
      return role === 'status'
        ? this.retainedStatus(event, located)
        : this.retainedTelemetry(event, route, located, time);
    return role === 'status'
      ? this.status(event, route, located, time)
      : this.telemetry(event, route, located, time);
  }

  /** Where a message goes that `process` refused: the dead letters of the event it would have become. */
  deadLetterTopic(message: InboundMessage): string {
    const type = this.contract.types.find((candidate) => hasForm(candidate.topic, message.topic));
    const becomes = (type && this.rules.routes[type.name]?.becomes) ?? this.rules.otherwise;
    const { topic } = this.contract.type(becomes);
    // An event that keeps the device's own topic has its letters there.
    return this.contract.deadLetterTopic(topic.parameters.length > 0 ? message.topic : topic.render({}));
  }

  /** What the broker kept, and that does not say since when: it comes again at every start, so it is no change. */
  private retainedStatus(event: GridwireEvent, { serialNumber }: Device): IngestResult {
    const status = statusName(this.rules.status, atPointer(event.payload, this.rules.status.pointer) ?? null);
    // Older than all that will come, so that the next status is told if it is another one.
    if (this.tracker.get(serialNumber) === undefined)
      this.tracker.update(serialNumber, status, 0, event.topic);
    return { kind: 'nothing', reason: 'retained' };
  }

  /** A measurement of that kind is handed on with a mark; it brings no device back and raises no alert. */
  private retainedTelemetry(
    event: GridwireEvent,
    route: IngestRouteData,
    device: Device,
    time: number,
  ): IngestResult {
    const told = this.domainEvent(route, { device, event, time });
    return { kind: 'events', events: [{ ...told, headers: { ...told.headers, [RETAINED_HEADER]: 'true' } }] };
  }

  private telemetry(
    event: GridwireEvent,
    route: IngestRouteData,
    device: Device,
    time: number,
  ): IngestResult {
    const { serialNumber } = device;
    const events = [
      this.domainEvent(route, { device, event, time }),
      ...this.alertEvents({ device, event, time }),
    ];
    const known = this.tracker.get(serialNumber);
    const statusRoute = Object.values(this.rules.routes).find(
      (other) => other.becomes === this.rules.statusType,
    );
    const { away } = this.rules.status;
    if (
      away === undefined ||
      known?.status !== away.status ||
      time <= known.time ||
      statusRoute === undefined
    )
      return { kind: 'events', events };
    this.tracker.update(serialNumber, away.back, time, event.topic);
    const { status: previous, back: current, reason } = away;
    const status = { previous, current, value: wireValue(this.rules.status, current), reason };
    events.push(this.domainEvent({ ...statusRoute, passes: false }, { device, event, time, status }));
    return { kind: 'events', events, status: { serialNumber, status: current, time } };
  }

  /** The device under the one spelling by which it is followed. */
  private deviceOf(event: GridwireEvent): string {
    const { parameter } = this.rules.device;
    const { topic } = this.contract.type(event.type);
    const definition = topic.parameters.find(({ name }) => name === parameter)?.definition;
    const name = event.parameters[parameter] ?? '';
    return definition === undefined ? name : canonicalParameter(definition, name);
  }

  private siteOf({ parameters }: GridwireEvent): number | undefined {
    const { siteParameter } = this.rules.device;
    const site = siteParameter === undefined ? undefined : parameters[siteParameter];
    return site === undefined ? undefined : Number(site);
  }

  private alertEvents({ device, event, time }: Facts): GridwireEvent[] {
    const route = this.rules.alert;
    if (this.alerts === undefined || route === undefined) return [];
    return this.alerts
      .check(device.serialNumber, event.payload, time, event.topic)
      .map((alert) => this.domainEvent(route, { device, event, time, alert }));
  }

  private status(event: GridwireEvent, route: IngestRouteData, device: Device, time: number): IngestResult {
    const rules = this.rules.status;
    const value = atPointer(event.payload, rules.pointer) ?? null;
    const current = statusName(rules, value);
    const { serialNumber } = device;
    const verdict = this.tracker.update(serialNumber, current, time, event.topic);
    if (verdict.kind === 'late') return { kind: 'nothing', reason: 'late' };
    const known = { serialNumber, status: current, time };
    if (verdict.kind === 'unchanged') return { kind: 'nothing', reason: 'unchanged', status: known };
    const reason = rules.reasonPointer && atPointer(event.payload, rules.reasonPointer);
    const told = typeof reason === 'string' ? { reason } : {};
    const status = { previous: verdict.previous, current, value, ...told };
    const events = [this.domainEvent(route, { device, event, time, status })];
    return { kind: 'events', events, status: known };
  }

  private domainEvent(route: IngestRouteData, facts: Facts): GridwireEvent {
    const own = facts.event.payload;
    const payload: JsonObject = route.passes === true && isObject(own) ? { ...own } : {};
    for (const [member, source] of Object.entries(route.members)) {
      const value = memberValue(source, facts);
      if (value !== undefined) payload[member] ??= value;
    }
    return this.contract.build(route.becomes, { payload, now: facts.time });
  }

  private timeOf(event: GridwireEvent, receivedAt: number): number {
    const time = event.time ?? receivedAt;
    if (time > receivedAt + MAX_FUTURE_SKEW) {
      throw new GridwireError(
        'TIME_INVALID',
        `The event says it happened at ${formatTime(time)}, more than ${MAX_FUTURE_SKEW / 60_000} minutes ahead of this clock. Set the device's clock.`,
        { details: { time: formatTime(time), receivedAt: formatTime(receivedAt) } },
      );
    }
    return time;
  }
}

function hasForm(template: { match(topic: string): unknown }, topic: string): boolean {
  try {
    return template.match(topic) !== undefined;
  } catch {
    // The form fits, a parameter does not.
    return true;
  }
}
