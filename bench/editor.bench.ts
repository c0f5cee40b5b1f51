import { chromiumPage } from './editor-frames.js';
import type { Bench } from './harness.js';
import { installed } from './report.js';

/** What an editor has to stay smooth under, and a little more that is let out, so that as much does flow. */
const FLOOD = 10_000;
const LET_OUT = 11_000;

const bench: Bench = {
  description: `Frames that the editor draws in a second, in Chromium: with the live section open and at least ${FLOOD} events a second through a flow of publish and subscribe, against the same with nothing flowing.`,
  needs: ['chromium'],
  software: () => [`Node-RED ${installed('node-red')}`],
  comparisons: () => [
    {
      id: 'editor/live',
      unit: 'frames/s',
      target: 0.9,
      ours: { name: 'a flood, looked at', run: () => chromiumPage(LET_OUT) },
      peer: { name: 'nothing flows', run: () => chromiumPage(0) },
      bounds: [
        { name: 'p95 frame', unit: 'ms', below: 20 },
        { name: 'rows', unit: 'rows/s', below: 51 },
        { name: 'events', unit: 'events/s', least: FLOOD },
      ],
    },
  ],
};

export default bench;
