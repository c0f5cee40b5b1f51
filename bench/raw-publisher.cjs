// Publishes events with mqtt.js alone, QoS 1, a fixed number under way, and prints what it took. Arguments: the broker's
// address, and as JSON the numbers of the loop, the topic and the function body that makes event `n`.
const { performance } = require('node:perf_hooks');
const { compileFunction } = require('node:vm');
const mqtt = require('mqtt');

const [url, options] = process.argv.slice(2);
const { warmUp, messages, inFlight, topic, event } = JSON.parse(options);
const make = compileFunction(`return ${event};`, ['n']);

async function main() {
  const client = await mqtt.connectAsync(url);
  let sent = 0;
  const publish = async (until) => {
    while (sent < until) await client.publishAsync(topic, JSON.stringify(make((sent += 1))), { qos: 1 });
  };
  const all = (until) => Promise.all(Array.from({ length: inFlight }, () => publish(until)));
  await all(warmUp);
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  await all(warmUp + messages);
  const { user, system } = process.cpuUsage(cpu);
  const rate = (1000 * messages) / (performance.now() - begin);
  console.log(JSON.stringify({ rate, cpu: (user + system) / messages }));
  await client.endAsync();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
