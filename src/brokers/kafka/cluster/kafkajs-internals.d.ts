/** The parts of kafkajs 2.2.4 that are mended or written anew here; its package has no types for them. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface Request {
    /** Milliseconds. */
    readonly requestTimeout: number;
    timeoutRequest(): void;
  }
  interface RequestQueue {
    readonly pending: readonly unknown[];
    readonly inflight: ReadonlyMap<number, Request>;
    readonly maxInFlightRequests: number | null | undefined;
    readonly enforceRequestTimeout: boolean;
    /** Milliseconds. */
    readonly requestTimeout: number;
    readonly isConnected: () => boolean;
    /** Milliseconds since the epoch; -1 while the broker does not throttle. */
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    requestTimeoutIntervalId: NodeJS.Timeout | undefined;
    scheduleRequestTimeoutCheck(): void;
    maybeThrottle(milliseconds: number | null): void;
    canSendSocketRequestImmediately(): boolean;
    destroy(): void;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
  const RequestQueue: { prototype: RequestQueue };
  export = RequestQueue;
}

declare module 'kafkajs/src/errors.js' {
  class KafkaJSBrokerNotFound extends Error {}
}

declare module 'kafkajs/src/cluster/index.js' {
  interface Cluster {
    metadata(this: object, wanted?: { topics?: string[] }): Promise<object | null>;
  }
  const Cluster: { prototype: Cluster };
  export = Cluster;
}

declare module 'kafkajs/src/consumer/consumerGroup.js' {
  interface ConsumerGroup {
    /** When the last heartbeat was answered, milliseconds since the epoch by the machine's clock. */
    lastRequest: number;
    /** Sends one if `interval` milliseconds have passed since the last. */
    heartbeat(this: ConsumerGroup, given: { interval: number }): Promise<void>;
    recoverFromOffsetOutOfRange(
      this: ConsumerGroup,
      error: { readonly topic: string; readonly partition: number },
    ): Promise<void>;
    readonly preferredReadReplicasPerTopicPartition: Partial<
      Record<string, Partial<Record<number, unknown>>>
    >;
    readonly offsetManager: {
      nextOffset(topic: string, partition: number): { toString(): string };
      commitOffsets(offsets: {
        topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
      }): Promise<void>;
      seek(place: { topic: string; partition: number; offset: string }): Promise<void>;
    };
    readonly cluster: {
      fetchTopicsOffset(
        wanted: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
      ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
    };
  }
  const ConsumerGroup: { prototype: ConsumerGroup };
  export = ConsumerGroup;
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

declare module 'kafkajs/src/protocol/recordBatch/record/v0/index.js' {
  import type { Message } from 'kafkajs';
  namespace writeRecord {
    /** Beside those of the batch. */
    interface Place {
      offsetDelta?: number;
      /** Milliseconds. */
      timestampDelta?: number;
    }
  }
  function writeRecord(record: Message & writeRecord.Place): { buf: Buffer; readonly buffer: Buffer };
  export = writeRecord;
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

declare module 'kafkajs/src/protocol/decoder.js' {
  class Decoder {
    readonly buffer: Buffer;
    offset: number;
    constructor(buffer: Buffer);
    readInt32(): number;
    readVarInt(): number;
    readUVarInt(): number;
    readArray(reader: (decoder: Decoder) => unknown): unknown[];
    readVarIntArray(reader: (decoder: Decoder) => unknown): unknown[];
    readUVarIntArray(reader: (decoder: Decoder) => unknown): unknown[];
    readArrayAsync(reader: (decoder: Decoder) => unknown): unknown;
  }
  export = Decoder;
}
