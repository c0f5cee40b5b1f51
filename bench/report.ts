import os from 'node:os';
import type { Outcome, Spread } from './harness.js';

/** The table for people: what took part, on which machine, and what came out. */
export function report(
  description: string,
  software: readonly string[],
  outcomes: readonly Outcome[],
): string {
  const cpus = os.cpus();
  const machine = [
    cpus[0]?.model.trim() ?? 'unknown processor',
    `${cpus.length} cores`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `load ${os.loadavg()[0]!.toFixed(1)}`,
  ];
  const lines = outcomes.map((outcome) => {
    const { id, unit, ours, peer, ratio, pairs, target, ok } = outcome;
    return [
      id,
      `  ours   ${rate(ours)} ${unit}   ${ours.name}`,
      `  peer   ${rate(peer)} ${unit}   ${peer.name}`,
      `  ratio  ${ratio.toFixed(2)} (${pairs.min.toFixed(2)} to ${pairs.max.toFixed(2)}), target ${target}: ${ok ? 'reached' : 'MISSED'}`,
    ].join('\n');
  });
  return [
    description,
    `${machine.join(', ')}; Node ${process.version}, ${software.join(', ')}`,
    '',
    ...lines,
  ].join('\n');
}

/** What `--json` prints on the last line. The ratio is cut, not rounded: 1.499 has not reached 1.5. */
export function jsonLine(name: string, outcomes: readonly Outcome[]): string {
  const results = outcomes.map(({ id, ratio, target, ok }) => ({
    id,
    ratio: Math.floor(ratio * 100) / 100,
    target,
    ok,
  }));
  return JSON.stringify({ name, results });
}

function rate({ median, min, max }: Spread): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en-GB');
  return `${whole(median).padStart(9)} (${whole(min)} to ${whole(max)})`;
}
