import type { Broker } from '../../src/brokers/broker.js';
import type { CloudEventCarrier } from '../../src/contracts/cloudevents/cloudevents.js';

/** How a broker carries CloudEvents: each protocol has a binding of its own, and memory follows that of MQTT 5. */
export function carrierOf({ capabilities }: Broker): CloudEventCarrier {
  return capabilities.cloudEvents ?? (capabilities.headers ? 'mqtt-5' : 'mqtt-3.1.1');
}
