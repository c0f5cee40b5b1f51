import { queueSuite } from '../../unit/store/queue-suite.js';
import { Calls } from './calls.js';
import { Database } from './database.js';
import { SimStore } from './sim-store.js';
import { SimClock, Timeline } from './timeline.js';

describe('the simulated store behaves as the real ones do', () => {
  queueSuite(() => {
    const timeline = new Timeline();
    const process = { alive: true, suspended: false };
    const calls = new Calls();
    const clock = new SimClock(timeline, process);
    const store = new SimStore(new Database(), calls, process, clock, timeline);
    const pump = setInterval(() => {
      while (calls.advance(0, 'done') !== undefined);
    });
    return Promise.resolve({
      store,
      close: () => {
        clearInterval(pump);
        return Promise.resolve();
      },
    });
  });
});
