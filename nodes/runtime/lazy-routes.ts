import type { NodeAPI } from 'node-red';
import type { GridwireError } from '../../src/errors.js';
import { loadLater } from './load-later.js';
import type * as Unread from './unread.js';

/** The file of a node or a plugin that answers requests. */
export interface RouteProgram {
  registerRoutes: (RED: NodeAPI) => void;
}

/** The part of Express that this uses. */
interface App {
  /** What Node-RED has mounted it in, where the bodies of requests are read. */
  parent?: App;
  use?: {
    (paths: string[], handler: (request: unknown, response: Response, next: () => void) => void): unknown;
    (path: string, handler: typeof Unread.answerUnread): unknown;
  };
}

interface Response {
  status(code: number): { json(answer: unknown): unknown };
}

/**
 * Registers admin routes when the first request for one of them comes: Node-RED loads what registers them when it starts,
 * whether or not anybody will ask. Express walks over a list that may grow meanwhile, so the request that loads them is
 * answered by them, as all that follow.
 * @param paths what the paths of all its routes begin with, as whole segments
 */
export function lazyRoutes(RED: NodeAPI, paths: string[], load: () => RouteProgram): void {
  const app = RED.httpAdmin as unknown as App;
  const register = loadLater(() => load().registerRoutes(RED));
  let isTold = false;
  function gridwireRoutes(_request: unknown, response: Response, next: () => void): void {
    try {
      register();
    } catch (thrown) {
      const { code, message } = thrown as GridwireError;
      // Once, because nobody has been asked yet who they are.
      if (!isTold) RED.log.error(`[gridwire] ${message}`);
      isTold = true;
      response.status(500).json({ code, message: "It cannot be loaded; Node-RED's log says why." });
      return;
    }
    next();
  }
  // Without an admin API there is nothing to answer.
  app.use?.(paths, gridwireRoutes);
  answerTheUnread(app.parent ?? app);
}

const answering = new WeakSet<App>();

/** Behind everything, because Express hands an error only to what comes after it. */
function answerTheUnread(app: App): void {
  if (answering.has(app)) return;
  answering.add(app);
  // Express knows by the four parameters that errors are meant.
  app.use?.('/gridwire', (error, request, response, next) => {
    const { answerUnread } = require('./unread.js') as typeof Unread;
    answerUnread(error, request, response, next);
  });
}
