import {
  type CloudEventAttributes,
  fromCloudEvent,
  isJsonData,
  messageInside,
} from '../../src/contracts/cloudevents/cloudevents.js';
import type { Contract } from '../../src/contracts/contract.js';
import { DEFAULT_BODY_LIMITS } from '../../src/contracts/json/json-body.js';
import type { InboundMessage } from '../../src/event.js';
import { type GridwireMessage, originalOf, readable } from '../runtime/messages.js';
import { receivedMessage } from './received-message.js';

/** Makes a flow's messages of what a broker hands over. */
export class MessageReader {
  /** @param cloudEvents whether CloudEvents, structured or binary, are taken out of their envelope first */
  constructor(
    readonly contract: Contract | undefined,
    private readonly cloudEvents: boolean,
  ) {}

  /** @throws GridwireError what `receivedMessage` throws, or if a message is meant to be a CloudEvent and is none */
  read(message: InboundMessage): GridwireMessage {
    if (message.unreadable !== undefined) throw message.unreadable;
    const { inner, attributes } = this.open(message);
    const received = receivedMessage(this.contract, inner);
    if (attributes === undefined) return received;
    // A text that looks like a number is that text, if the event says that it is one.
    const isText = this.contract === undefined && !isJsonData(attributes);
    const payload = isText ? readable(inner.body) : received.payload;
    return { ...received, payload, cloudEvent: attributes, original: originalOf(message) };
  }

  /** As `open`, where it can be opened. */
  inner(message: InboundMessage): InboundMessage {
    try {
      return this.open(message).inner;
    } catch {
      // What it is meant to be is found out when it is read, and refused there.
      return message;
    }
  }

  /** The message without the CloudEvent around it, and the event's attributes if it was one. */
  open(message: InboundMessage): { inner: InboundMessage; attributes?: CloudEventAttributes } {
    if (!this.cloudEvents) return { inner: message };
    const cloudEvent = fromCloudEvent(message, this.contract?.limits ?? DEFAULT_BODY_LIMITS);
    if (cloudEvent === undefined) return { inner: message };
    return { inner: messageInside(message, cloudEvent), attributes: cloudEvent.attributes };
  }
}
