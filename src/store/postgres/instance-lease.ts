import { type Cancel, type Clock, systemClock } from '../../clock.js';
import { GridwireError } from '../../errors.js';
import type { QueueTenure } from '../event-store.js';
import type { Operation, OperationResult } from '../sql/database.js';
import { afterClockSetBack } from '../sql/lease-table.js';
import { POSTGRES } from './dialect.js';
import { INSTANCES } from './own-queue.js';
import { giveUpName, isDead, nameProcess } from './process-name.js';

/** How long an instance counts as living after it last said so, milliseconds. */
const DURATION = 15_000;
/** How often it says so, milliseconds. By that a database that hangs while nobody writes is an alarm within ten seconds, too. */
const HEARTBEAT = 3_000;
/** So long before its end the lease is not relied on any more: an event may be on its way to the broker. */
const MARGIN = 1_000;

const AFTER_CLOCK_SET_BACK = afterClockSetBack('gridwire_leases', INSTANCES, DURATION, POSTGRES);

/**
 * The sign of life of one instance in a database that others share. It outlives a lost connection, and it ends when the
 * process has died or has slept for too long: then others may take what waits in its queues, and a sleeper that wakes
 * finds that they did.
 */
export class InstanceLease implements QueueTenure {
  generation = 0;
  validUntil = -Infinity;
  private readonly member = nameProcess();
  private timer: Cancel | undefined;
  private acquiring: Promise<void> | undefined;
  private isOurs = false;
  /** Another had it since, which has not been counted yet: the answer that says it is ours again may not come. */
  private wasLost = false;
  private ended = false;

  constructor(
    private readonly name: string,
    private readonly write: (unit: readonly Operation[]) => Promise<OperationResult[]>,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Resolves when this instance has the lease. @throws GridwireError `STORE_LOCKED` while another process may have it */
  held(): Promise<void> {
    if (this.clock.now() < this.validUntil) return Promise.resolve();
    this.acquiring ??= this.acquire().finally(() => (this.acquiring = undefined));
    return this.acquiring;
  }

  /** Says that this instance is gone, so that nobody has to wait. */
  async end(): Promise<void> {
    this.ended = true;
    this.timer?.();
    giveUpName(this.member);
    if (!this.isOurs) return;
    const sql = `UPDATE gridwire_leases SET expires_at = 0 WHERE scope = ? AND name = ? AND member = ?`;
    // Who cannot say it now is found dead later.
    await this.write([{ sql, parameters: [INSTANCES, this.name, this.member] }]).catch(() => undefined);
  }

  private async acquire(): Promise<void> {
    const asked = this.clock.now();
    const [, found] = await this.write([
      AFTER_CLOCK_SET_BACK,
      {
        sql: `SELECT member, (expires_at - ${POSTGRES.now}) AS remaining FROM gridwire_leases WHERE scope = ? AND name = ?`,
        parameters: [INSTANCES, this.name],
      },
    ]);
    const [row] = found?.rows ?? [];
    const holder = row === undefined ? '' : String(row.member);
    const remaining = Number(row?.remaining ?? 0);
    if (holder !== this.member && remaining > 0 && !isDead(holder)) throw this.locked(remaining);
    this.wasLost ||= this.isOurs && holder !== this.member;
    const [taken] = await this.write([
      {
        sql: `INSERT INTO gridwire_leases (scope, name, member, expires_at, ready) VALUES (?, ?, ?, ${POSTGRES.now} + ?, 1)
          ON CONFLICT (scope, name) DO UPDATE SET member = excluded.member, expires_at = excluded.expires_at
          WHERE gridwire_leases.member = ?`,
        parameters: [INSTANCES, this.name, this.member, DURATION, holder],
      },
    ]);
    if (taken?.changes !== 1) throw this.locked(DURATION);
    this.isOurs = true;
    this.extend(asked);
  }

  private async renew(): Promise<void> {
    const asked = this.clock.now();
    const [renewed] = await this.write([
      {
        sql: `UPDATE gridwire_leases SET expires_at = ${POSTGRES.now} + ? WHERE scope = ? AND name = ? AND member = ?`,
        parameters: [DURATION, INSTANCES, this.name, this.member],
      },
      AFTER_CLOCK_SET_BACK,
    ]);
    if (renewed?.changes === 1) {
      this.extend(asked);
      return;
    }
    this.wasLost = true;
    this.validUntil = -Infinity;
    await this.held();
  }

  private extend(asked: number): void {
    if (this.wasLost) this.generation += 1;
    this.wasLost = false;
    this.validUntil = asked + DURATION - MARGIN;
    this.beat();
  }

  private beat(): void {
    this.timer?.();
    if (this.ended) return;
    this.timer = this.clock.after(HEARTBEAT, () => {
      // The store tells its own failures; the next beat tries again.
      this.renew().catch(() => this.beat());
    });
  }

  private locked(remaining: number): GridwireError {
    const seconds = Math.ceil(remaining / 1000);
    return new GridwireError(
      'STORE_LOCKED',
      `Another process that writes to the database as "${this.name}" may still be at work on what waits here; if it is dead, that is known in ${seconds} s.`,
      { details: { instance: this.name, remaining } },
    );
  }
}
