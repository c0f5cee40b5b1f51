import { systemClock } from '../../../clock.js';
import ConsumerGroup = require('kafkajs/src/consumer/consumerGroup.js');
import RequestQueue = require('kafkajs/src/network/requestQueue/index.js');

/** How often requests that are under way are looked at, milliseconds; kafkajs' own figure. */
const LOOK = 100;
/** When a look first met a request that is under way, by the clock that does not jump. */
const met = new WeakMap<object, number>();
let isRepaired = false;

/**
 * Makes kafkajs 2.2.4 wait by the clock that does not jump. By the machine's, one that was set back by hours keeps a member
 * of a group from its heartbeats, so that it is taken for dead again and again, and a request from its timeout; one that
 * was set ahead ends every request that is under way.
 */
export function repairClock(): void {
  if (isRepaired) return;
  isRepaired = true;
  repairHeartbeats();
  repairTimeouts();
  repairThrottling();
}

function repairHeartbeats(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the `this` of its caller
  const { heartbeat } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.heartbeat = function (given) {
    // The last one was later than now: the clock was set back, and nobody knows by how much.
    if (this.lastRequest > Date.now()) this.lastRequest = 0;
    return heartbeat.call(this, given);
  };
}

function repairTimeouts(): void {
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function () {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(
      () => {
        const now = systemClock.now();
        for (const request of [...this.inflight.values()]) {
          const since = met.get(request) ?? now;
          met.set(request, since);
          if (now - since > request.requestTimeout) request.timeoutRequest();
        }
        if (!this.isConnected()) this.destroy();
      },
      Math.min(this.requestTimeout, LOOK),
    );
  };
}

function repairThrottling(): void {
  RequestQueue.prototype.maybeThrottle = function (milliseconds) {
    if (milliseconds !== null && milliseconds > 0)
      this.throttledUntil = Math.max(systemClock.now() + milliseconds, this.throttledUntil);
  };
  RequestQueue.prototype.canSendSocketRequestImmediately = function () {
    const { maxInFlightRequests: most } = this;
    const isFull = most !== null && most !== undefined && this.inflight.size >= most;
    return !isFull && this.throttledUntil <= systemClock.now();
  };
}
