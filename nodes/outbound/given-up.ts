import { counted } from '../../src/counted.js';
import type { Node, NodeAPI } from 'node-red';
import { isTransient, toGridwireError } from '../../src/errors.js';
import { ToldOtherwise, UNDONE } from '../runtime/node-behaviour.js';
import { allStop } from '../runtime/stopping.js';
import type { InFlight } from './in-flight.js';

/** So many topics are named; of the others only the number is told. */
const NAMED = 5;
/** How long what is still being made of messages is waited for, milliseconds. */
const PATIENCE = 1_000;

/**
 * What a node that is stopped gives up of the events that it had accepted, or was just making. It is said once for all
 * of them, whatever stops the node, and no line is written for each; catch nodes that live on get each event all the same.
 */
export class GivenUp {
  private readonly topics = new Map<string, number>();
  private isStopping = false;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly inFlight: InFlight,
    private readonly hasStore: boolean,
  ) {
    // It has to listen before anything stops.
    allStop(RED);
  }

  /** Counts an event if it is given up. */
  async watch<Result>(topic: string, sending: Promise<Result>): Promise<Result> {
    try {
      return await sending;
    } catch (thrown) {
      this.count(topic, thrown);
      throw thrown;
    }
  }

  /** Counts an event that failed, if it is given up. */
  count(topic: string, thrown: unknown): void {
    if (this.isMeant(thrown)) this.topics.set(topic, (this.topics.get(topic) ?? 0) + 1);
  }

  /** What a message's end means for the node that sent it. */
  async endOf<T>(
    work: () => Promise<T>,
    then: (result: T) => void = () => undefined,
  ): Promise<typeof UNDONE | ToldOtherwise | undefined> {
    this.inFlight.begin();
    try {
      then(await work());
      return undefined;
    } catch (thrown) {
      if (!this.isMeant(thrown)) throw thrown;
      // Where everything stops no catch node hears anything.
      return allStop(this.RED) ? UNDONE : new ToldOtherwise(toGridwireError(thrown));
    } finally {
      this.inFlight.end();
    }
  }

  /** From now on what would only have to wait is given up. */
  begin(): void {
    this.isStopping = true;
  }

  /** To be called when all outboxes are closed. */
  async tell(): Promise<void> {
    await this.inFlight.settled(PATIENCE);
    // Without a message, because the catch nodes of a flow that stops hear nothing, and would keep it from the log.
    const text = givenUpText(this.topics, this.inFlight.count, this.hasStore);
    if (text !== undefined) this.node.warn(text);
  }

  private isMeant(thrown: unknown): boolean {
    const error = toGridwireError(thrown);
    return error.code === 'BROKER_CLOSED' || (this.isStopping && isTransient(error));
  }
}

/**
 * @param topics with the number of events of each
 * @param open how many were still being made, or under way
 */
export function givenUpText(
  topics: ReadonlyMap<string, number>,
  open: number,
  hasStore: boolean,
): string | undefined {
  const count = [...topics.values()].reduce((sum, each) => sum + each, 0);
  const undecided = `Still being made, or under way to the broker: ${counted(open, count === 0 ? 'event' : 'further event')}; nobody will hear about their arrival.`;
  if (count === 0) return open === 0 ? undefined : undecided;
  const most = [...topics].sort(([, one], [, other]) => other - one);
  const named = most.slice(0, NAMED).map(([topic, each]) => `${each} for ${topic}`);
  const others = most.length > NAMED ? [`and others for ${most.length - NAMED} more topics`] : [];
  return [
    `Given up while waiting in memory for the broker: ${counted(count, 'event')}, ${[...named, ...others].join(', ')}.`,
    ...(open === 0 ? [] : [undecided]),
    ...(hasStore ? [] : ['Give the node a store, and they are kept over a stop.']),
  ].join(' ');
}
