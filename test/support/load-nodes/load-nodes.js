// For tests that account for every message: a source that numbers them, marks that keep the books, and what the
// process holds. Node-RED loads this file once, so the books outlive every deploy.
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

/** Bits of a message's byte in the books. */
const BIT = { accepted: 1, refused: 2, arrived: 4, again: 8 };
/** Numbers of messages that are named where something is wrong. */
const NAMED = 10;
const TICK_MS = 10;
/** A source that could not send for longer, because it was being deployed, does not make up for it. */
const LONGEST_ARREARS_MS = 200;

/** One byte a message, outside the heap that is measured. */
let books = new Uint8Array(1 << 20);
let sent = 0;
let running = true;

function mark(number, bits) {
  if (number >= books.length) {
    const larger = new Uint8Array(books.length * 2);
    larger.set(books);
    books = larger;
  }
  books[number] |= bits;
}

function summary() {
  const count = { sent, accepted: 0, refused: 0, arrived: 0, again: 0 };
  const wrong = { missing: [], silent: [], both: [] };
  const amiss = { missing: 0, silent: 0, both: 0 };
  const note = (kind, number) => {
    amiss[kind] += 1;
    if (wrong[kind].length < NAMED) wrong[kind].push(number);
  };
  for (let number = 0; number < sent; number += 1) {
    const bits = books[number];
    for (const [name, bit] of Object.entries(BIT)) if (bits & bit) count[name] += 1;
    const [accepted, refused] = [(bits & BIT.accepted) > 0, (bits & BIT.refused) > 0];
    if (accepted && !(bits & BIT.arrived)) note('missing', number);
    if (!accepted && !refused) note('silent', number);
    if (accepted && refused) note('both', number);
  }
  return { ...count, ...amiss, named: wrong };
}

/** What is still held after everything that can be has been let go. */
function holdings(RED) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  collect();
  collect();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const listeners = {};
  for (const [name, emitter] of Object.entries({ events: RED.events, process })) {
    for (const event of emitter.eventNames())
      listeners[`${name} ${String(event)}`] = emitter.listenerCount(event);
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsed, rss, resources, listeners, hooked: RED.hooks.has('onSend.gridwire-completion') };
}

module.exports = (RED) => {
  RED.nodes.registerType('load-source', function (config) {
    RED.nodes.createNode(this, config);
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const due = Math.floor((Math.min(now - last, LONGEST_ARREARS_MS) * config.rate) / 1000);
      if (due === 0) return;
      last = now;
      for (let count = 0; running && count < due; count += 1) {
        const n = sent;
        sent += 1;
        mark(n, 0);
        this.send({ topic: `load/${n % 8}`, payload: { n, text: 'x'.repeat(200) } });
      }
    }, TICK_MS);
    this.on('close', () => clearInterval(timer));
  });

  RED.nodes.registerType('load-mark', function (config) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, _send, done) => {
      const { n } = message.payload;
      const again = config.as === 'arrived' && books[n] & BIT.arrived;
      mark(n, BIT[config.as] | (again ? BIT.again : 0));
      done();
    });
  });

  RED.httpAdmin.get('/load/books', (_request, response) => response.json(summary()));
  RED.httpAdmin.get('/load/holdings', (_request, response) => response.json(holdings(RED)));
  for (const [action, runs] of Object.entries({ stop: false, start: true })) {
    RED.httpAdmin.post(`/load/${action}`, (_request, response) => {
      running = runs;
      response.json({});
    });
  }
};
