/** The thread that owns the store's file: commits may wait for the disk here without holding up the event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import { toGridwireError } from '../../errors.js';
import { LOOK_INTERVAL, SqliteEngine } from './engine.js';
import { toErrorData } from './errors.js';
import type { Reply, Request, Requests, RequestName, WorkerSettings } from './protocol.js';

const port = parentPort;
if (!port) throw new Error('The store worker runs in a thread of its own; use SqliteStore.');

const reply = (message: Reply): void => port.postMessage(message);
const engine = new SqliteEngine(workerData as WorkerSettings, (news) => reply({ news }));

// Also while nobody asks for anything.
setInterval(() => {
  try {
    engine.look();
  } catch (error) {
    reply({ news: { trouble: toErrorData(toGridwireError(error)) } });
  }
}, LOOK_INTERVAL).unref();

port.on('message', (request: Request) => {
  try {
    reply({ id: request.id, answer: answer(request) });
  } catch (error) {
    reply({ id: request.id, error: toErrorData(toGridwireError(error)) });
  }
});

function answer(request: Request): Requests[RequestName]['answer'] {
  switch (request.name) {
    case 'open':
      engine.open();
      return null;
    case 'write':
      return engine.write(request.ask);
    case 'read':
      return engine.read(request.ask);
    case 'size':
      return engine.size();
    case 'reclaim':
      return engine.reclaim();
    case 'verify':
      return engine.verify();
    case 'backup':
      engine.backup(request.ask);
      return null;
    case 'restore':
      engine.restore(request.ask);
      return null;
    case 'close':
      engine.close();
      return null;
  }
}
