// The driver of a closed loop: sends messages into the path under test and one more for each that a complete node
// reports, so that a fixed number is on its way. One node, because whatever the driver costs hides what is measured.
const { compileFunction } = require('node:vm');

/** How many messages a turn has: what else the machine does meets both sides alike. */
const TURN = 1_000;

/** Has something at work in every other turn, within one run, and counts the processor time of both. */
function turnsOf(file) {
  const { Metrics } = require(file);
  const spent = { on: 0, off: 0 };
  const counted = { on: 0, off: 0 };
  let metrics;
  let messages = 0;
  let cpu;
  const turn = () => {
    const { user, system } = process.cpuUsage(cpu);
    const side = metrics === undefined ? 'off' : 'on';
    spent[side] += user + system;
    counted[side] += messages;
    messages = 0;
    if (metrics === undefined) metrics = new Metrics();
    else {
      metrics.close();
      metrics = undefined;
    }
    cpu = process.cpuUsage();
  };
  const rate = (side) => (counted[side] * 1e6) / spent[side];
  return {
    count: () => {
      cpu ??= process.cpuUsage();
      messages += 1;
      if (messages === TURN) turn();
    },
    told: () => ` on=${rate('on')} off=${rate('off')}`,
  };
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
