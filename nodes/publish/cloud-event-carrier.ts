import type { Broker } from '../../src/brokers/broker.js';
import type { CloudEventCarrier } from '../../src/contracts/cloudevents.js';

/** How a broker carries CloudEvents: each protocol has a binding of its own, and memory follows that of MQTT 5. */
export function carrierOf(broker: Broker | undefined): CloudEventCarrier {
  if (broker?.kind === 'kafka') return 'kafka';
  return broker?.capabilities.headers === false ? 'mqtt-3.1.1' : 'mqtt-5';
}
