import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Outcome, Spread } from './harness.js';

/** A comparison that could not be made, and why. */
export interface Missing {
  id: string;
  missing: string;
}

/** The table for people: what took part, on which machine, and what came out. */
export function report(
  description: string,
  software: readonly string[],
  outcomes: readonly Outcome[],
  missing: readonly Missing[] = [],
): string {
  const cpus = os.cpus();
  const machine = [
    cpus[0]?.model.trim() ?? 'unknown processor',
    `${cpus.length} cores`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `load ${os.loadavg()[0]!.toFixed(1)}`,
  ];
  const lines = outcomes.map((outcome) => {
    const { id, unit, ours, peer, ratio, pairs, target, cpu, bounds } = outcome;
    return [
      id,
      `  ours   ${rate(ours)} ${unit}   ${ours.name}`,
      `  peer   ${rate(peer)} ${unit}   ${peer.name}`,
      `  ratio  ${ratio.toFixed(2)} (${pairs.min.toFixed(2)} to ${pairs.max.toFixed(2)}), target ${target}: ${ratio >= target ? 'reached' : 'MISSED'}`,
      ...(cpu === undefined ? [] : [`  cpu    ${cost(cpu.ours)} : ${cost(cpu.peer)} microseconds a message`]),
      ...bounds.map(boundLine),
    ].join('\n');
  });
  return [
    description,
    `${machine.join(', ')}; Node ${process.version}, ${software.join(', ')}`,
    '',
    ...lines,
    ...missing.map((each) => `${each.id}\n  not measured: ${each.missing}`),
  ].join('\n');
}

/** What `--json` prints on the last line. The ratio is cut, not rounded: 1.499 has not reached 1.5. */
export function jsonLine(
  name: string,
  outcomes: readonly Outcome[],
  missing: readonly Missing[] = [],
): string {
  const results = outcomes.map(({ id, ratio, target, cpu, bounds, ok }) => ({
    id,
    ratio: Math.floor(ratio * 100) / 100,
    target,
    ...(cpu === undefined ? {} : { cpu: { ours: cpu.ours.median, peer: cpu.peer.median } }),
    ...(bounds.length === 0
      ? {}
      : { figures: Object.fromEntries(bounds.map(({ name, median }) => [name, median])) }),
    ok,
  }));
  return JSON.stringify({ name, results: [...results, ...missing.map((each) => ({ ...each, ok: false }))] });
}

function rate({ median, min, max }: Spread): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en-GB');
  return `${whole(median).padStart(9)} (${whole(min)} to ${whole(max)})`;
}

function cost({ median, min, max }: Spread): string {
  const short = (value: number) => value.toLocaleString('en-GB', { maximumSignificantDigits: 3 });
  return `${short(median)} (${short(min)} to ${short(max)})`;
}

function boundLine({ name, unit, median, min, max, least, below, ok }: Outcome['bounds'][number]): string {
  const digits = (value: number) =>
    value.toLocaleString('en-GB', { maximumFractionDigits: Math.abs(value) < 1 ? 3 : 1 });
  const bound = least === undefined ? `below ${below}` : `at least ${digits(least)}`;
  return `  ${name}: ${digits(median)} (${digits(min)} to ${digits(max)}) ${unit}, ${bound}: ${ok ? 'kept' : 'MISSED'}`;
}

/** The version of a package that takes part. */
export function installed(name: string): string {
  const file = path.resolve(__dirname, '../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
