import { PQ, SLACK, type PerUnitNetwork } from '../network/per-unit-network.js';
import { NewtonRaphson } from './newton-raphson.js';
import type { Failure, Start } from './outcome.js';

/** Parts of the schedule that are tried to find out whether it is the load that is too much. */
const PARTS = [0.5, 0.1, 0.01, 0.001, 0];

/** What is tried where the start that was asked for led nowhere. */
const OTHER_STARTS: readonly Start[] = ['case', 'flat', 'dc', 'level', 'gradual'];

/**
 * Says in a sentence why there is no solution. The load is blamed only where less of it has a solution.
 *
 * @param bus name of the bus at a node
 * @param asked the start that was asked for
 */
export function describeFailure(
  failure: Failure,
  iterations: number,
  grid: PerUnitNetwork,
  bus: (node: number) => string,
  asked: Start,
): string {
  if (failure.reason === 'stopped') return 'the power flow was stopped before it had an answer';
  if (failure.reason === 'island') return describeIsland(failure.nodes, bus);
  const at = `bus "${bus(failure.node)}"`;
  const blank = asked === 'case' ? withoutCase(grid) : -1;
  if (blank >= 0) {
    return `the start "case" needs a voltage at every bus, and bus "${bus(blank)}" carries none: ask for "auto"`;
  }
  if (failure.reason === 'not-a-number')
    return `a schedule or an intermediate value at ${at} is not a number`;
  const how = {
    singular: `the equations are singular at ${at}`,
    diverged: `the iteration diverged after ${iterations} steps, worst at ${at}`,
    stagnated: `the iteration came to rest away from a solution after ${iterations} steps, worst at ${at}`,
    'iteration-limit': `no solution within ${iterations} iterations, worst at ${at}`,
  }[failure.reason];
  // Singular equations are the network's own fault, whatever the load.
  if (failure.reason === 'singular') return how;
  const start =
    asked === 'auto' ? undefined : OTHER_STARTS.find((one) => one !== asked && solvesWith(grid, 1, one));
  if (start !== undefined) {
    return `${how}; from start "${start}" there is a solution: ask for it, or for "auto", which tries all`;
  }
  const part = PARTS.find((one) => solvesWith(grid, one));
  if (part === undefined) {
    return `${how}; there is none without any load either: look at the impedances, taps and held voltages there`;
  }
  return part === 0
    ? `${how}; only without any power is there one: the load may exceed by far what the network can carry, or a unit is wrong`
    : `${how}; with ${part * 100} % of all power there is one: the load may exceed what the network can carry`;
}

/** A node with supply whose voltage the network does not carry; -1 where there is none. */
function withoutCase({ vmCase, vaCase, kind, slackOf }: PerUnitNetwork): number {
  return kind.findIndex((one, node) => {
    const missing = (one === PQ && !Number.isFinite(vmCase[node])) || !Number.isFinite(vaCase[node]);
    return one !== SLACK && (slackOf[node] ?? -1) >= 0 && missing;
  });
}

function describeIsland(nodes: readonly number[], bus: (node: number) => string): string {
  const names = nodes.slice(0, 5).map((node) => `"${bus(node)}"`);
  const more = nodes.length > 5 ? ` and ${nodes.length - 5} more` : '';
  return `no source reaches bus ${names.join(', ')}${more}`;
}

function solvesWith(grid: PerUnitNetwork, part: number, start: Start = 'flat'): boolean {
  const scaled = (values: Float64Array): Float64Array => values.map((value) => value * part);
  const less = {
    ...grid,
    ...{ p: scaled(grid.p), q: scaled(grid.q) },
    ...{ currentPart: scaled(grid.currentPart), impedancePart: scaled(grid.impedancePart) },
  };
  return new NewtonRaphson(less).solve(start).converged;
}
