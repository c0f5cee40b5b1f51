import { countEvents } from './event-metrics.js';
import type { Sample } from './exposition.js';
import { countParts, measureStandings } from './part-metrics.js';
import { measureProcess } from './process-metrics.js';
import { Registry } from './registry.js';
import { TaylorDashMetrics } from './taylordash-metrics.js';

/** Everything that Gridwire counts and measures in this process, from when it is made until it is closed. */
export class Metrics {
  private readonly registry: Registry;
  private readonly measures: (() => void)[];
  private readonly ends: (() => void)[];

  /** @param limit most series; what has no room is counted under `other` */
  constructor(limit?: number) {
    this.registry = new Registry(limit);
    const { registry } = this;
    const taylorDash = new TaylorDashMetrics(registry);
    const process = measureProcess(registry);
    this.ends = [countEvents(registry, taylorDash), countParts(registry), taylorDash.end, process.end];
    this.measures = [measureStandings(registry), () => taylorDash.measure(), process.measure];
  }

  /** All of it as it stands now, in Prometheus' text format. */
  text(): string {
    return this.measured().text;
  }

  /** The same as a list. */
  samples(): Sample[] {
    return this.measured().samples;
  }

  close(): void {
    for (const end of this.ends) end();
  }

  private measured(): Registry {
    for (const measure of this.measures) measure();
    return this.registry;
  }
}
