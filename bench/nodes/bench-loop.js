// The driver of a closed loop: sends messages into the path under test and one more for each that a complete node
// reports, so that a fixed number is on its way. One node, because whatever the driver costs hides what is measured.
const { compileFunction } = require('node:vm');

module.exports = (RED) => {
  function BenchLoop(config) {
    RED.nodes.createNode(this, config);
    const make = compileFunction(config.message, ['n']);
    const { warmUp, total, inFlight } = config;
    let sent = 0;
    let done = 0;
    let start = 0;
    let cpu = process.cpuUsage();
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
        this.warn(`BENCH rate=${rate} perCpuSecond=${(measured * 1e6) / (user + system)}`);
      }
      next();
      finished();
    });
    this.on('close', () => clearTimeout(begin));
  }
  RED.nodes.registerType('bench-loop', BenchLoop);
};
