import { createHash } from 'node:crypto';
import type { GridwireError } from '../../../errors.js';
import type { BrokerState, DeliveryHandler, SubscribeOptions, Subscription } from '../../broker.js';
import { Link } from '../connection/link.js';
import type { ResolvedMqttSettings } from '../connection/mqtt-settings.js';
import { Inbound } from './inbound.js';

/** What every broker takes in a client id. */
const PLAIN = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * The inbound connections of one client. Where the broker keeps the session, each subscriber that has a name has one of
 * its own: a session answers in order, so what waits for a subscriber that is not there would hold up all others or be
 * lost, and a broker does not say which subscriptions a session has from earlier. All others share one.
 */
export class Sessions {
  readonly #inbounds = new Map<string, Inbound>();
  #wanted = false;

  /**
   * @param tell receives what no promise reports
   * @param changed told of each change of a connection's state
   */
  constructor(
    private readonly settings: ResolvedMqttSettings,
    private readonly tell: (problem: GridwireError) => void,
    private readonly changed: (error?: GridwireError) => void,
  ) {}

  /** Of the connections that are wanted now. */
  get states(): BrokerState[] {
    return [...this.#inbounds.values()].flatMap(({ state }) => state ?? []);
  }

  /** Connects as soon as, and as long as, something is subscribed. Resolves when the first attempts have ended. */
  async start(): Promise<void> {
    this.#wanted = true;
    await Promise.all([...this.#inbounds.values()].map((inbound) => inbound.start()));
  }

  /** @throws GridwireError `FILTER_ILLEGAL`, `SUBSCRIBE_REFUSED` */
  async subscribe(
    filter: string,
    handler: DeliveryHandler,
    options: SubscribeOptions,
  ): Promise<Subscription> {
    const clientId = this.#clientIdOf(options.identity);
    const inbound = this.#inbounds.get(clientId) ?? this.#open(clientId);
    if (this.#wanted) await inbound.start();
    const subscription = await inbound.subscribe(filter, handler, options);
    const { cleanSession, host, port } = this.settings;
    return {
      ...subscription,
      ...(cleanSession ? {} : { session: { clientId, address: `${host}:${port}` } }),
      close: async (closing) => {
        await subscription.close(closing);
        if (clientId !== this.settings.clientId && inbound.isEmpty) await this.#end(clientId, inbound);
      },
    };
  }

  /** Ends all connections. The broker keeps what is unsettled, as far as it keeps the sessions. */
  async stop(): Promise<void> {
    await Promise.all([...this.#inbounds.values()].map((inbound) => inbound.stop()));
  }

  #clientIdOf(identity: string | undefined): string {
    const { clientId, cleanSession, inboundOnly } = this.settings;
    if (identity === undefined || cleanSession || inboundOnly) return clientId;
    const name = PLAIN.test(identity)
      ? identity
      : createHash('sha256').update(identity).digest('hex').slice(0, 16);
    return `${clientId}-${name}-in`;
  }

  #open(clientId: string): Inbound {
    const isOwn = clientId !== this.settings.clientId;
    const inbound = new Inbound({ ...this.settings, clientId }, this.tell, { isOwn });
    inbound.link.on('state', (_state, error) => this.changed(error));
    this.#inbounds.set(clientId, inbound);
    return inbound;
  }

  /** Nobody subscribes to anything in this session any more: the broker need not keep it. */
  async #end(clientId: string, inbound: Inbound): Promise<void> {
    if (this.#inbounds.get(clientId) === inbound) this.#inbounds.delete(clientId);
    const isReachable = inbound.state === 'connected';
    await inbound.stop();
    if (!isReachable) return;
    const last = new Link(this.settings, { clientId, clean: true });
    await last.start();
    await last.stop();
  }
}
