import { GridwireError } from '../../src/errors.js';
import type { Chance } from './generator.js';

/** One part of Gridwire under fire. */
export interface Target {
  readonly name: string;
  /** What comes from outside, and from whom. */
  readonly what: string;
  start(): Promise<Fire>;
}

export interface Fire {
  /** One case. What it throws is a find; what Gridwire refuses with a typed error is none. */
  shoot(chance: Chance): void | Promise<void>;
  stop(): Promise<void>;
}

/** Runs something that may refuse with a typed error. @throws what is no typed error, and `INTERNAL` */
export async function refusable(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GridwireError) || error.code === 'INTERNAL') throw error;
  }
}

/** A target without anything to start. */
export function pure(name: string, what: string, shoot: Fire['shoot']): Target {
  return { name, what, start: () => Promise.resolve({ shoot, stop: () => Promise.resolve() }) };
}
