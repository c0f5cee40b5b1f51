import RequestQueue = require('kafkajs/src/network/requestQueue/index.js');

/** Milliseconds until the next look at requests that wait; kafkajs' own figure. */
const LOOK_AGAIN = 10;

/**
 * kafkajs 2.2.4, its last release, looks at the request queue of every idle connection each millisecond, by a timer
 * with a negative delay, of which Node 24 warns (tulios/kafkajs#1751; the repairs #1755 and #1768 were not released).
 * A look is due only while requests wait, and every answer brings one anyway.
 */
export function repairClient(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const delay = Math.max(this.throttledUntil - Date.now(), LOOK_AGAIN);
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, delay);
  };
}
