import type { NodeAPI } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { LiveViews } from '../../src/stream/live-views.js';
import { GridwireError } from '../../src/errors.js';
import { RIGHTS } from '../rights.js';
import { actorOf, adminRoute, assertMay, sendFault } from '../runtime/admin-route.js';
import { publishAgain } from './publish-again.js';

/** Characters of what a page may ask with. */
const LONGEST = 1_024;
/** Command types that one request may name. */
const MOST_COMMANDS = 50;

/**
 * Admin routes of the sidebar's live view. A page asks for what came since; nothing is sent to pages that do not ask,
 * because Node-RED's own way to them has no right of its own for what messages hold.
 */
export function registerRoutes(RED: NodeAPI): void {
  const views = new LiveViews(systemClock);
  adminRoute(RED, 'get', '/gridwire/live', { right: 'payloads' }, (request, response) => {
    const viewer = textOf(request.query['viewer']);
    const way = textOf(request.query['way']);
    const after = Number(textOf(request.query['after']));
    if (viewer === '' || !(way === '' || way === 'in' || way === 'out') || !Number.isInteger(after)) {
      response
        .status(400)
        .json({ message: 'Ask with viewer, after, topic, way (in, out, or empty) and paused.' });
      return;
    }
    const view = views.of(
      viewer,
      { topic: textOf(request.query['topic']), way },
      request.query['paused'] === 'true',
    );
    if (view === undefined) response.status(503).json({ message: 'Too many people look on already.' });
    else
      response.json({ rows: view.after(after), passed: view.passed, sampled: view.sampled, last: view.last });
  });
  adminRoute(RED, 'get', '/gridwire/live/:viewer/:row', { right: 'payloads' }, (request, response) => {
    const { viewer = '', row = '' } = request.params;
    const event = views.open(viewer, Number(row));
    if (event === undefined) response.status(404).json({ message: NOT_KEPT });
    else response.json(shown(event.message.body));
  });
  adminRoute(RED, 'post', '/gridwire/live/:viewer/:row/publish', { right: 'repair' }, (request, response) => {
    const { viewer = '', row = '' } = request.params;
    const work = async (): Promise<void> => {
      const commands = commandsIn(request.body);
      if (commands.length > 0) assertMay(request, { right: 'commands' });
      const event = views.open(viewer, Number(row));
      if (event === undefined) {
        response.status(404).json({ message: NOT_KEPT });
        return;
      }
      const by = { actor: actorOf(request), right: RIGHTS.repair.permission };
      await publishAgain(RED, event, commands, by, (details) =>
        RED.log.audit({ event: 'gridwire.republish', ...details } as never, request),
      );
      response.json({ published: true });
    };
    work().catch((thrown: unknown) => sendFault(response, thrown));
  });
}

const NOT_KEPT = 'It is not kept any more.';

/** @throws GridwireError `SETTING_INVALID` for anything else than names of commands */
function commandsIn(body: unknown): string[] {
  const { commands = [], ...others } = (body ?? {}) as { commands?: unknown };
  const isNames =
    Array.isArray(commands) &&
    commands.length <= MOST_COMMANDS &&
    commands.every((each) => typeof each === 'string' && each.length <= LONGEST);
  if (isNames && Object.keys(others).length === 0) return commands as string[];
  throw new GridwireError('SETTING_INVALID', 'Send nothing but "commands", a list of types.');
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
