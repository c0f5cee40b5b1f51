import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Cell, Family, Registry } from './registry.js';

const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;
const RESOLUTION = 20;

/** Measures the process: processor, memory, and how late its event loop is. */
export function measureProcess(registry: Registry): { measure: () => void; end: () => void } {
  const cpu = registry.counter('process_cpu_seconds_total', 'Processor time of this process.');
  const memory = registry.gauge('process_resident_memory_bytes', 'Memory of this process.');
  const started = registry.gauge(
    'process_start_time_seconds',
    'When this process was started, seconds since 1970.',
  );
  const heap = registry.gauge('nodejs_heap_size_used_bytes', 'What of it JavaScript uses.');
  const lateness = (which: string, help: string): Family<Cell> =>
    registry.gauge(
      `nodejs_eventloop_lag_${which}_seconds`,
      `How late the event loop was since the last time, ${help}.`,
    );
  const half = lateness('p50', 'in half of all cases at most');
  const most = lateness('p99', 'in 99 of 100 cases at most');
  const worst = lateness('max', 'at most');
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION });
  monitor.enable();
  const seconds = (nanoseconds: number): number =>
    // Where nothing was seen yet the figures mean nothing; what is seen has the resolution in it.
    monitor.count === 0 ? 0 : Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION / 1_000);
  return {
    measure: () => {
      const { user, system } = process.cpuUsage();
      cpu.of().value = (user + system) / MICROSECONDS;
      memory.of().value = process.memoryUsage.rss();
      heap.of().value = process.memoryUsage().heapUsed;
      started.of().value = Math.round(Date.now() / 1_000 - process.uptime());
      half.of().value = seconds(monitor.percentile(50));
      most.of().value = seconds(monitor.percentile(99));
      worst.of().value = seconds(monitor.max);
      monitor.reset();
    },
    end: () => void monitor.disable(),
  };
}
