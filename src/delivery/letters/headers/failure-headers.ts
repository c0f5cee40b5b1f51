import type { Headers } from '../../../event.js';

/** What the headers of a dead letter say, whoever wrote it. All but `topic` may be unknown. */
export interface FailureRecord {
  /** The topic, as its writer spells it, that the message came on. */
  topic: string;
  /** Where it was in Kafka. */
  partition?: number;
  offset?: bigint;
  /** The record's own time, milliseconds since the epoch. */
  timestamp?: number;
  consumerGroup?: string;
  /** A stable code: Gridwire's, or the class of a Java exception. */
  code?: string;
  reason?: string;
  /** Gridwire's: whether trying again could have helped. */
  fault?: string;
  /** Connect's: the step that failed, for example VALUE_CONVERTER. */
  stage?: string;
  /** When it failed, as its writer gives it. */
  failedAt?: string;
  /** Gridwire's: after this moment (milliseconds since the epoch) the original must not be delivered any more. */
  expiresAt?: number;
  /** Gridwire's: how many of the original's headers the letter had no room for. */
  headersLeftOut?: number;
  /** Gridwire's: the letter does not hold all of what failed. */
  incomplete?: true;
}

/** One system's way of writing a failure into headers. */
export interface HeaderDialect {
  readonly name: DialectName;
  /** Every header of the dialect begins with one of these; replay takes them off. */
  readonly prefixes: readonly string[];
  write(failure: FailureRecord): Headers;
  /** Undefined where the headers are not of this dialect. Never throws: what cannot be read is left out. */
  read(headers: Headers): FailureRecord | undefined;
}

export type DialectName = 'gridwire' | 'kafka-connect' | 'spring';
