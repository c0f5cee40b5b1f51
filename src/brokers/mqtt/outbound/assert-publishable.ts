import { GridwireError } from '../../../errors.js';
import type { WireMessage } from '../../../event.js';
import { assertNotExpired } from '../../expiry.js';
import { assertTopic } from '../../topic-filter.js';
import type { ServerLimits } from '../connection/server-limits.js';
import { packetSize } from './publish-properties.js';

/**
 * Refuses what this broker would never take.
 * @throws GridwireError `TOPIC_ILLEGAL`, `BODY_TOO_LARGE`, `NOT_SUPPORTED`, `EVENT_EXPIRED`
 */
export function assertPublishable(message: WireMessage, limits: ServerLimits): void {
  const { topic, qos, retain } = message;
  assertTopic(topic);
  const { maximumPacketSize = Infinity, maximumQoS = 2, retainAvailable = true } = limits;
  if (maximumPacketSize !== Infinity && packetSize(message) > maximumPacketSize) {
    const text = `The message for ${topic} is larger than the ${maximumPacketSize} bytes that the broker takes.`;
    throw new GridwireError('BODY_TOO_LARGE', text, { details: { topic, maximumPacketSize } });
  }
  if (qos > maximumQoS || (retain && !retainAvailable)) {
    const what = retain && !retainAvailable ? 'retained messages' : `QoS ${qos}`;
    throw new GridwireError('NOT_SUPPORTED', `The broker does not support ${what} (topic ${topic}).`, {
      details: { topic },
    });
  }
  assertNotExpired(message);
}
