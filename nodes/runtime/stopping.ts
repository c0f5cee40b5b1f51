import type { NodeAPI } from 'node-red';

/** By the events of a runtime: every node set gets a `RED` of its own, but all of one runtime share these. */
const stopping = new WeakMap<object, { all: boolean }>();

/**
 * Whether all flows are being stopped now, by a full deploy or the end of the process: then no catch node hears
 * anything any more. To be called first when a node is made.
 */
export function allStop(RED: NodeAPI): boolean {
  let known = stopping.get(RED.events);
  if (known === undefined) {
    const state: { all: boolean } = (known = { all: false });
    stopping.set(RED.events, state);
    RED.events.on(
      'flows:stopping',
      ({ type }: { type?: string }) => (state.all = (type ?? 'full') === 'full'),
    );
    RED.events.on('flows:starting', () => (state.all = false));
  }
  return known.all;
}
