import type { NodeAPI } from 'node-red';
import type { Subscription } from '../../src/brokers/broker.js';

type Session = NonNullable<Subscription['session']>;

/**
 * The sessions that brokers keep for the nodes of a runtime. A deployment may give a node another one (another client ID,
 * another broker, none that is kept): what the former one holds is not taken over, and that has to be said.
 */
export class KeptSessions {
  private readonly byNode = new Map<string, Session>();

  /** @returns the session that the node had before and has no more */
  has(node: string, session: Session | undefined): Session | undefined {
    const before = this.byNode.get(node);
    if (session === undefined) this.byNode.delete(node);
    else this.byNode.set(node, session);
    const isSame = before?.clientId === session?.clientId && before?.address === session?.address;
    return isSame ? undefined : before;
  }

  /** The node was deleted, and its session ended with it. */
  ended(node: string): void {
    this.byNode.delete(node);
  }
}

/** What somebody has to know of a session that was left. */
export function leftText({ clientId, address }: Session): string {
  return `The broker at ${address} still keeps the session "${clientId}", which this node had before the deployment. What it holds is not taken over, and it goes on filling until it expires or its limit is reached. To receive it, deploy the former broker settings once more and let the node catch up; otherwise end the session at the broker.`;
}

/** By the events of a runtime, which all node sets share. */
const all = new WeakMap<object, KeptSessions>();

export function keptSessionsOf(RED: Pick<NodeAPI, 'events'>): KeptSessions {
  let known = all.get(RED.events);
  if (known === undefined) all.set(RED.events, (known = new KeptSessions()));
  return known;
}
