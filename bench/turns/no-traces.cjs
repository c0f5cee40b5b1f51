/** In every other turn the places that would trace are passed by; in the others they ask, and nobody has set up an SDK. */
const inbound = require('../../dist/nodes/inbound/traced.js');
const runtime = require('../../dist/nodes/runtime/traces.js');

let isOn = false;
const { traced, tracedDelivery, followsFrom } = inbound;
const { processTraces } = runtime;
inbound.traced = (RED, place, message, messages, contract, run) =>
  isOn ? traced(RED, place, message, messages, contract, run) : run();
inbound.tracedDelivery = (RED, place, delivery, contract) =>
  isOn ? tracedDelivery(RED, place, delivery, contract) : delivery;
inbound.followsFrom = (RED, message) => (isOn ? followsFrom(RED, message) : {});
runtime.processTraces = (RED) => (isOn ? processTraces(RED) : undefined);

exports.turn = (on) => {
  isOn = on;
};
