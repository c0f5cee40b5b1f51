// The driver of a closed loop: sends messages into the path under test and one more for each that a complete node
// reports, so that a fixed number is on its way. One node, because whatever the driver costs hides what is measured.
const { compileFunction } = require('node:vm');

/**
 * How many messages a turn has: at least, and how many more at most. Few, so that what else the machine does meets both
 * sides alike; and never the same number, because garbage is collected every so many messages, and turns of one length
 * would have one side pay for both.
 */
const TURN = { least: 50, more: 100 };

/** Has something at work in every other turn, within one run, and counts the processor time of both. */
function turnsOf(file) {
  const { turn } = require(file);
  const costs = { on: [], off: [] };
  let side = 'off';
  let messages = 0;
  let length = 0;
  let cpu;
  const begin = () => {
    turn(side === 'on');
    messages = 0;
    length = TURN.least + Math.floor(Math.random() * TURN.more);
    cpu = process.cpuUsage();
  };
  const end = () => {
    const { user, system } = process.cpuUsage(cpu);
    costs[side].push((user + system) / messages);
    side = side === 'on' ? 'off' : 'on';
  };
  return {
    count: () => {
      if (cpu === undefined) begin();
      messages += 1;
      if (messages < length) return;
      end();
      begin();
    },
    told: () => ` on=${rateOf(costs.on)} off=${rateOf(costs.off)}`,
  };
}

/** Without the dearest tenth of the turns, in which something else took the processor from its caches. */
function rateOf(costs) {
  const sorted = costs.toSorted((one, other) => one - other);
  const counted = sorted.slice(0, Math.ceil(sorted.length * 0.9));
  return (1e6 * counted.length) / counted.reduce((sum, cost) => sum + cost, 0);
}

module.exports = (RED) => {
  function BenchLoop(config) {
    RED.nodes.createNode(this, config);
    const make = compileFunction(config.message, ['n']);
    const { warmUp, total, inFlight } = config;
    let sent = 0;
    let done = 0;
    let start = 0;
    let cpu = process.cpuUsage();
    const turns = config.turns ? turnsOf(config.turns) : undefined;
    const next = () => {
      if (sent < total) this.send(make((sent += 1)));
    };
    const begin = setTimeout(() => {
      for (let count = 0; count < inFlight; count += 1) next();
    }, 1000);
    this.on('input', (_message, _send, finished) => {
      done += 1;
      if (done === warmUp) {
        start = performance.now();
        cpu = process.cpuUsage();
      }
      if (done === total) {
        const { user, system } = process.cpuUsage(cpu);
        const measured = total - warmUp;
        const rate = (measured * 1000) / (performance.now() - start);
        const told = turns === undefined ? '' : turns.told();
        this.warn(`BENCH rate=${rate} perCpuSecond=${(measured * 1e6) / (user + system)}${told}`);
      }
      if (done >= warmUp) turns?.count();
      next();
      finished();
    });
    this.on('close', () => clearTimeout(begin));
  }
  RED.nodes.registerType('bench-loop', BenchLoop);
};
