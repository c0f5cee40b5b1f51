import { GridwireError } from '../../../errors.js';
import type { NotCarried, PublishPacket } from '../connection/publish-packet.js';

const NAMES: Readonly<Record<NotCarried, string>> = {
  responseTopic: 'a response topic',
  correlationData: 'correlation data',
};

/**
 * Tells what messages have and Gridwire does not carry, once for each part: whoever waits for an answer would wait in
 * vain, and nobody would know why.
 */
export class NotCarriedNotice {
  readonly #told = new Set<NotCarried>();

  constructor(private readonly tell: (problem: GridwireError) => void) {}

  look({ topic, notCarried = [] }: PublishPacket): void {
    for (const part of notCarried) {
      if (this.#told.has(part)) continue;
      this.#told.add(part);
      const text = `The message on ${topic} has ${NAMES[part]} (MQTT 5), which is not carried: it goes on without, and so do those after it. Have what an answer needs sent in the payload or as user properties.`;
      this.tell(new GridwireError('NOT_SUPPORTED', text, { details: { topic, part } }));
    }
  }
}
