/** The parts of kafkajs 2.2.4 that client-repair.ts mends; its package has no types for it. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface RequestQueue {
    readonly pending: readonly unknown[];
    /** Milliseconds since the epoch; -1 while the broker does not throttle. */
    readonly throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
  const RequestQueue: { prototype: RequestQueue };
  export = RequestQueue;
}

declare module 'kafkajs/src/protocol/encoder.js' {
  namespace Encoder {
    interface Encoder {
      writeVarInt(value: number): this;
      writeVarIntBytes(this: Encoder, value: unknown): Encoder;
    }
  }
  const Encoder: { prototype: Encoder.Encoder };
  export = Encoder;
}
declare module 'kafkajs/src/network/connection.js' {
  namespace Connection {
    interface Connection {
      chunks: Buffer[];
      bytesBuffered: number;
      /** How many bytes the next answer has, its length included, as far as it is known. */
      readonly bytesNeeded: number;
      readonly socket: { destroy(error: Error): void };
      processData(this: Connection, data: Buffer): void;
    }
  }
  const Connection: { prototype: Connection.Connection };
  export = Connection;
}
declare module 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js' {
  namespace decodeMessages {
    interface Decoder {
      readonly buffer: Buffer;
      readonly offset: number;
      forward(bytes: number): void;
    }
  }
  function decodeMessages(decoder: decodeMessages.Decoder): Promise<unknown[]>;
  export = decodeMessages;
}
