/**
 * Everything is counted for the whole run, and in every other turn nobody seems to listen. Listening and not listening in
 * turns would measure something else: each change of a diagnostics channel throws away what was compiled for it.
 */
const { Fact } = require('../../dist/src/observe/facts/fact.js');
const { Metrics } = require('../../dist/src/observe/metrics/metrics.js');

let isOn = false;
const { tell } = Fact.prototype;
const { get } = Object.getOwnPropertyDescriptor(Fact.prototype, 'isHeard');
Object.defineProperty(Fact.prototype, 'isHeard', {
  get() {
    return isOn && get.call(this);
  },
});
Fact.prototype.tell = function (told) {
  if (isOn) tell.call(this, told);
};
new Metrics();

exports.turn = (on) => {
  isOn = on;
};
