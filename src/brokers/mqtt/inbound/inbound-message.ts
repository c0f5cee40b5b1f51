import { createHash } from 'node:crypto';
import { systemClock } from '../../../clock.js';
import { besides, type InboundMessage } from '../../../event.js';
import type { PublishPacket } from '../connection/publish-packet.js';

/** A packet id alone would not do: the broker gives it to another message once this one is answered. */
export function identityOf(
  clientId: string,
  { qos, packetId, topic, body }: PublishPacket,
): string | undefined {
  if (qos === 0) return undefined;
  const digest = createHash('sha256').update(topic).update('\0').update(body).digest('base64url');
  return `${clientId}/${qos}/${packetId}/${digest}`;
}

/** The message of a packet, as Gridwire hands it on. */
export function messageOf(packet: PublishPacket): InboundMessage {
  const { topic, body, qos, retain, headers, unreadable } = packet;
  const receivedAt = Date.now();
  const message: InboundMessage = {
    topic,
    body,
    qos,
    retain,
    headers,
    receivedAt,
    redelivered: packet.dup,
  };
  Object.assign(message, besides(packet));
  if (unreadable !== undefined) message.unreadable = unreadable;
  if (packet.expiry !== undefined) {
    message.expiresAt = receivedAt + packet.expiry * 1000;
    // The machine's clock may be set while the message waits for its turn.
    message.deadline = systemClock.now() + packet.expiry * 1000;
  }
  return message;
}
