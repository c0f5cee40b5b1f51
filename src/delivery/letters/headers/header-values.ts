import { type Headers, headerValue } from '../../../event.js';

const MAX_TEXT = 2_000;

/** Java's Integer in a header: 4 bytes, most significant first. */
export function int32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Java's Long in a header: 8 bytes, most significant first. */
export function int64(value: bigint | number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

/** Java's largest Integer; what is beyond it cannot be written in the next letter. */
const LARGEST_INT32 = 0x7fff_ffff;

/** A number of 4 bytes, or one written as text; undefined for anything else. */
export function readInt32(headers: Headers, name: string): number | undefined {
  const bytes = bytesOf(headers, name);
  if (bytes?.length === 4) return bytes.readInt32BE();
  return decimal(bytes, LARGEST_INT32);
}

/** A whole number that is written as text. */
export function readWhole(headers: Headers, name: string): number | undefined {
  return decimal(bytesOf(headers, name), Number.MAX_SAFE_INTEGER);
}

/** A number of 8 bytes, or one written as text; undefined for anything else. */
export function readInt64(headers: Headers, name: string): bigint | undefined {
  const bytes = bytesOf(headers, name);
  const text = bytes?.toString() ?? '';
  if (bytes?.length === 8 && !/^-?\d+$/.test(text)) return bytes.readBigInt64BE();
  const value = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  // Of 19 digits not all are a Long.
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined;
}

/** Milliseconds since the epoch in such a number; undefined for what no record of Kafka has as its time. */
export function readTime(headers: Headers, name: string): number | undefined {
  const time = Number(readInt64(headers, name) ?? Number.NaN);
  return Number.isSafeInteger(time) ? time : undefined;
}

export function readText(headers: Headers, name: string): string | undefined {
  return bytesOf(headers, name)?.toString();
}

/** Text for a header, bounded: a stack trace or a message of some megabytes has no place in one. */
export function text(value: string): string {
  return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
}

/** Readers made for Java look for a stack trace; this is the line that one begins with. */
export function firstLine({ code, reason }: { code?: string; reason?: string }): string | undefined {
  return code === undefined || reason === undefined ? (reason ?? code) : text(`${code}: ${reason}`);
}

/** The given members without the undefined ones. */
export function present<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

function bytesOf(headers: Headers, name: string): Buffer | undefined {
  const value = headerValue(headers, name);
  return value === undefined || value === null ? undefined : Buffer.from(value as string);
}

function decimal(bytes: Buffer | undefined, limit: number): number | undefined {
  const value = bytes?.toString() ?? '';
  return /^\d{1,16}$/.test(value) && Number(value) <= limit ? Number(value) : undefined;
}
