import { Contract } from '../../../src/contracts/contract.js';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { GridwireError } from '../../../src/errors.js';
import type { InboundMessage, WireMessage } from '../../../src/event.js';

/** Every built-in contract in every dialect. */
export function everyContract(): Contract[] {
  return Object.values(contracts).flatMap((data) =>
    ['documented', ...Object.keys(data.dialects)].map((dialect) => new Contract(data, { dialect })),
  );
}

/** A good message of each event type, to spoil. */
export function goodMessages(contract: Contract): WireMessage[] {
  return contract.types.flatMap(({ name, data }) => {
    const { example, exampleParameters: parameters = {} } = data;
    try {
      return [contract.serialise(contract.build(name, { payload: example, parameters }))];
    } catch (error) {
      // Some examples need members that the flow sets.
      if (error instanceof GridwireError) return [];
      throw error;
    }
  });
}

export function inbound(message: WireMessage): InboundMessage {
  return { ...message, receivedAt: Date.now(), redelivered: false };
}
