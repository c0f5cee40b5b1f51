import { type Channel, channel } from 'node:diagnostics_channel';
import { errorText } from '../../errors.js';

/**
 * One kind of fact: a thing that happened, told to whoever listens through Node's `diagnostics_channel`. Nobody is waited
 * for, and whoever tells it knows no listener.
 */
export class Fact<Told extends object> {
  private readonly channel: Channel;

  /** @param name the channel is called `gridwire:<name>` */
  constructor(private readonly name: string) {
    this.channel = channel(`gridwire:${name}`);
  }

  /** To be asked before a fact is put together: then one that nobody wants costs nothing. */
  get isHeard(): boolean {
    return this.channel.hasSubscribers;
  }

  tell(told: Told): void {
    this.channel.publish(told);
  }

  /** A listener that throws is told of once: Node would end the process. @returns ends it */
  listen(listener: (told: Told) => void): () => void {
    let hasFailed = false;
    const heard = (message: unknown): void => {
      try {
        listener(message as Told);
      } catch (thrown) {
        if (!hasFailed)
          process.emitWarning(`Gridwire: a listener to "${this.name}" failed: ${errorText(thrown)}`);
        hasFailed = true;
      }
    };
    this.channel.subscribe(heard);
    return () => {
      this.channel.unsubscribe(heard);
    };
  }
}
