import Encoder = require('kafkajs/src/protocol/encoder.js');
import { systemClock } from '../../../clock.js';
import Cluster = require('kafkajs/src/cluster/index.js');
import { KafkaJSBrokerNotFound } from 'kafkajs/src/errors.js';
import RequestQueue = require('kafkajs/src/network/requestQueue/index.js');

/** Milliseconds until the next look at requests that wait; kafkajs' own figure. */
const LOOK_AGAIN = 10;

/** Stands for a header without a value: kafkajs reads such headers, and has no way to write them. */
export const NULL_HEADER = Buffer.alloc(0);

const repaired = new WeakSet<object>();

/** Mends what the last release of kafkajs, 2.2.4, does wrong. Safe to call again. */
export function repairClient(): void {
  repairQueue();
  repairHeaders();
  repairMetadata();
}

/** The length -1 takes as many bytes as the length 0 that kafkajs has counted for these. */
function repairHeaders(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the `this` of its caller
  const { writeVarIntBytes } = Encoder.prototype;
  if (repaired.has(writeVarIntBytes)) return;
  const write = function (this: Encoder.Encoder, value: unknown): Encoder.Encoder {
    return value === NULL_HEADER ? this.writeVarInt(-1) : writeVarIntBytes.call(this, value);
  };
  repaired.add(write);
  Encoder.prototype.writeVarIntBytes = write;
}

/** Where no server of the cluster answers, kafkajs takes null for their answer, and fails with a mistake of its own. */
function repairMetadata(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the `this` of its caller
  const { metadata } = Cluster.prototype;
  if (repaired.has(metadata)) return;
  const ask: typeof metadata = async function (...wanted) {
    const answer = await metadata.apply(this, wanted);
    if (answer === null) throw new KafkaJSBrokerNotFound('No broker of the cluster answered');
    return answer;
  };
  repaired.add(ask);
  Cluster.prototype.metadata = ask;
}

/**
 * kafkajs looks at the request queue of every idle connection each millisecond, by a timer
 * with a negative delay, of which Node 24 warns (tulios/kafkajs#1751; the repairs #1755 and #1768 were not released).
 * A look is due only while requests wait, and every answer brings one anyway.
 */
function repairQueue(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const delay = Math.max(this.throttledUntil - systemClock.now(), LOOK_AGAIN);
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, delay);
  };
}
