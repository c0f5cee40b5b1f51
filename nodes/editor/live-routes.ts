import type { NodeAPI } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { LiveViews } from '../../src/stream/live-views.js';
import { adminRoute } from '../runtime/admin-route.js';

/** Characters of what a page may ask with. */
const LONGEST = 1_024;

/**
 * Admin routes of the sidebar's live view. A page asks for what came since; nothing is sent to pages that do not ask,
 * because Node-RED's own way to them has no right of its own for what messages hold.
 */
export function registerLiveRoutes(RED: NodeAPI): void {
  const views = new LiveViews(systemClock);
  adminRoute(RED, 'get', '/gridwire/live', { right: 'payloads' }, (request, response) => {
    const viewer = textOf(request.query['viewer']);
    const way = textOf(request.query['way']);
    const after = Number(textOf(request.query['after']));
    if (viewer === '' || !(way === '' || way === 'in' || way === 'out') || !Number.isInteger(after)) {
      response.status(400).json({ message: 'Ask with viewer, after, topic, and way (in, out, or empty).' });
      return;
    }
    const view = views.of(viewer, { topic: textOf(request.query['topic']), way });
    if (view === undefined) response.status(503).json({ message: 'Too many people look on already.' });
    else response.json({ rows: view.after(after), passed: view.passed, sampled: view.sampled });
  });
  adminRoute(RED, 'get', '/gridwire/live/:viewer/:row', { right: 'payloads' }, (request, response) => {
    const { viewer = '', row = '' } = request.params;
    const body = views.bodyOf(viewer, Number(row));
    if (body === undefined) response.status(404).json({ message: 'It is not kept any more.' });
    else response.json(shown(body));
  });
}

/** Text where it is text. A character that was cut in two at the end is no fault of it. */
function shown(body: Uint8Array): { text: string } | { hex: string } {
  for (const end of [0, 1, 2, 3]) {
    try {
      const whole = body.subarray(0, Math.max(0, body.length - end));
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(whole) };
    } catch {
      // Perhaps the cut; else it is no text.
    }
  }
  return { hex: Buffer.from(body).toString('hex') };
}

function textOf(given: unknown): string {
  return typeof given === 'string' ? given.slice(0, LONGEST) : '';
}
