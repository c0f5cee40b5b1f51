import { jsonText } from '../contracts/json/json-text.js';
import type { Json } from '../event.js';

/** An event on its way to all who look on. Its text is made once for all of them, when the first wants it. */
export class Streamed {
  private plain: Buffer | undefined;
  private labelled: Buffer | undefined;

  constructor(
    readonly topic: string,
    readonly kind: string,
    private readonly document: Json,
  ) {}

  text(withTopic: boolean): Buffer {
    if (!withTopic) return (this.plain ??= Buffer.from(jsonText(this.document)));
    const { topic, kind, document: event } = this;
    return (this.labelled ??= Buffer.from(jsonText({ topic, kind, event })));
  }
}

/** What the stream says of itself, in the form of an event, so that clients tell it by its kind like any other. */
export function notice(kind: 'stream_ready' | 'stream_missed' | 'stream_refused', payload: Json): Buffer {
  return Buffer.from(jsonText({ kind, ts: new Date().toISOString(), payload }));
}
