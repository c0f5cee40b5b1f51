import type { Subscription } from '../../src/brokers/broker.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { GridwireEvent, JsonObject } from '../../src/event.js';
import type {
  Actions,
  Device,
  DeviceState,
  GridEnvironment,
  SolveFlow,
  StepResult,
} from '../../src/grid/index.js';
import type { SubscriptionStanding } from '../runtime/subscription-standing.js';
import { gridLibrary } from '../runtime/grid-library.js';
import type { GridChannels } from '../messages/grid-channels.js';
import { actionDocument, networkDocument, readState } from '../messages/grid-messages.js';

const SENDER = 'environment';
const EVERYBODY = 'broadcast';

function notTold(step: number, error: unknown): GridwireError {
  const { code, message, fault } = toGridwireError(error);
  return new GridwireError(code, `Not all agents were told what came of step ${step}: ${message}`, {
    ...{ cause: error, fault },
  });
}

function notUsable(device: string, step: number, problem: string): GridwireError {
  const text = `The state that "${device}" reports for step ${step} is not usable: ${problem}.`;
  return new GridwireError('SCHEMA_VIOLATION', text, { details: { device, problem } });
}

interface Round {
  timestamp: number;
  states: Map<string, DeviceState>;
  complete: () => void;
}

/**
 * A step whose devices are elsewhere: tells every agent its action, waits for the states of all devices up to a
 * deadline, solves, and tells every agent the state of the network. N agents with M devices each make N x (M + 2)
 * messages, and one more where they trade.
 */
export class GridExchange {
  /** Messages that came too late or from unknown devices, since the start. */
  ignored = 0;
  private readonly devices: ReadonlyMap<string, Device>;
  private subscription: Promise<Subscription> | undefined;
  private round: Round | undefined;
  private stepCount = 0;

  /**
   * @param deadline how long to wait for states, milliseconds
   * @param failed is told of state updates that cannot be read, and of results that cannot be told to the agents
   * @param solve where power flows are solved; undefined: here
   * @param standing is told whether it has subscribed
   */
  constructor(
    private readonly channels: GridChannels,
    private readonly environment: GridEnvironment,
    private readonly deadline: number,
    private readonly failed: (error: GridwireError) => void,
    private readonly solve?: SolveFlow,
    private readonly standing?: SubscriptionStanding,
  ) {
    const devices = environment.agents.flatMap((agent) => agent.devices);
    this.devices = new Map(devices.map((device) => [device.id, device]));
  }

  /** @throws GridwireError what the broker refuses; the next step tries again */
  private async listen(): Promise<void> {
    this.subscription ??= this.subscribed();
    await this.subscription.catch((error: unknown) => {
      this.subscription = undefined;
      throw error;
    });
  }

  private subscribed(): Promise<Subscription> {
    const { standing } = this;
    const collect = (event: GridwireEvent): void => this.collect(event);
    const made = this.channels.subscribe('state-updates', collect, this.failed, standing?.onProblem);
    return standing === undefined ? made : standing.follow(made);
  }

  /** Back to the first step; remote devices start anew when they see the step number go back. */
  reset(): void {
    this.stepCount = 0;
    this.environment.reset();
  }

  /**
   * One step. Must not be called again before it has ended.
   *
   * @throws GridwireError what the broker refuses of the actions; the simulation has not moved then
   */
  async step(actions: Actions): Promise<StepResult> {
    await this.listen();
    const timestamp = this.stepCount + 1;
    const states = await this.collectStates(timestamp, actions);
    const { environment, solve } = this;
    const result =
      solve === undefined ? environment.settle(states) : await environment.settleBy(solve, states);
    this.stepCount = timestamp;
    // The devices and the simulation have moved: what came of it is a result, whoever else hears of it.
    await this.tell(result).catch((error: unknown) => this.failed(notTold(result.step, error)));
    return result;
  }

  private async collectStates(timestamp: number, actions: Actions): Promise<Map<string, DeviceState>> {
    const states = new Map<string, DeviceState>();
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<void>((resolve) => {
      this.round = { timestamp, states, complete: resolve };
      if (this.devices.size === 0) resolve();
    });
    try {
      await Promise.all(
        this.environment.agents.map(({ id }) => {
          const action = Object.hasOwn(actions, id) ? actions[id] : undefined;
          const payload = { [id]: actionDocument(action ?? {}) };
          return this.channels.publish('actions', payload, { sender: SENDER, recipient: id, timestamp });
        }),
      );
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, this.deadline);
      });
      await Promise.race([answered, late]);
    } finally {
      clearTimeout(timer);
      this.round = undefined;
    }
    return states;
  }

  private collect({ envelope, payload }: GridwireEvent): void {
    const read = readState(payload);
    const { round } = this;
    if (round === undefined || read === undefined || envelope['timestamp'] !== round.timestamp) {
      this.ignored += 1;
      return;
    }
    const device = this.devices.get(read.id);
    const problem = device?.problemIn?.(read.state);
    if (problem !== undefined) this.failed(notUsable(read.id, round.timestamp, problem));
    if (device === undefined || problem !== undefined) {
      this.ignored += 1;
      return;
    }
    round.states.set(read.id, read.state);
    if (round.states.size === this.devices.size) round.complete();
  }

  private async tell(result: StepResult): Promise<void> {
    const network = networkDocument(result);
    const to = (recipient: string) => ({ sender: SENDER, recipient, timestamp: result.step });
    const messages = this.environment.agents.map(({ id }) =>
      this.channels.publish('network-state', network, to(id)),
    );
    if (result.trades.length > 0) {
      const byAgent = [...gridLibrary().confirmations(result.trades)].map(([id, trades]) => [
        id,
        { trades: trades.map((trade) => ({ ...trade })) },
      ]);
      const payload = Object.fromEntries(byAgent) as JsonObject;
      messages.push(this.channels.publish('p2p-trades', payload, to(EVERYBODY)));
    }
    await Promise.all(messages);
  }

  /** @param removed the node is gone for good */
  async stop(removed: boolean): Promise<void> {
    this.round?.complete();
    const subscription = await this.subscription?.catch(() => undefined);
    await subscription?.close({ unsubscribe: removed });
  }
}
