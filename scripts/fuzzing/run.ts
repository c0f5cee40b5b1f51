import { Chance } from './generator.js';
import { type Cost, Meter } from './measure.js';
import type { Target } from './target.js';

export interface Limits {
  seed: number;
  cases: number;
  milliseconds: number;
  /** The first case; a find is replayed by its own. */
  from: number;
}

export interface Report extends Cost {
  cases: number;
  finds: { index: number; text: string }[];
}

/** Finds that are told; the rest of a run with many would say the same. */
const MOST_FINDS = 10;
const WARM = 50;

/**
 * Fires at a target in this process.
 * @param note told the case that comes next, so that somebody outside knows at which one the process ended
 */
export async function run(target: Target, limits: Limits, note: (index: number) => void): Promise<Report> {
  const { seed, from } = limits;
  let index = from;
  const finds: Report['finds'] = [];
  const found = (thrown: unknown): void => {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    if (finds.length < MOST_FINDS) finds.push({ index, text });
  };
  process.on('unhandledRejection', found);
  process.on('uncaughtException', found);
  const fire = await target.start();
  const meter = new Meter(() => index);
  const begin = Date.now();
  const isPast = (part: number): boolean =>
    index - from >= part * limits.cases || Date.now() - begin >= part * limits.milliseconds;
  const isOver = (): boolean => isPast(1) || finds.length >= MOST_FINDS;
  for (; !isOver(); index += 1) {
    if (index - from >= WARM && isPast(0.1)) meter.warm();
    note(index);
    try {
      await fire.shoot(new Chance(seed, index));
    } catch (thrown) {
      found(thrown);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const cost = meter.stop();
  await fire.stop();
  process.off('unhandledRejection', found);
  process.off('uncaughtException', found);
  return { cases: index - from, finds, ...cost };
}
