import { type Channel, channel } from 'node:diagnostics_channel';

/**
 * One kind of fact: a thing that happened, told to whoever listens through Node's `diagnostics_channel`. Nobody is waited
 * for, and whoever tells it knows no listener.
 */
export class Fact<Told extends object> {
  private readonly channel: Channel;

  /** @param name the channel is called `gridwire:<name>` */
  constructor(name: string) {
    this.channel = channel(`gridwire:${name}`);
  }

  /** To be asked before a fact is put together: then one that nobody wants costs nothing. */
  get isHeard(): boolean {
    return this.channel.hasSubscribers;
  }

  tell(told: Told): void {
    this.channel.publish(told);
  }

  /** @param listener must not throw: Node ends the process. @returns ends it */
  listen(listener: (told: Told) => void): () => void {
    const heard = (message: unknown): void => listener(message as Told);
    this.channel.subscribe(heard);
    return () => {
      this.channel.unsubscribe(heard);
    };
  }
}
