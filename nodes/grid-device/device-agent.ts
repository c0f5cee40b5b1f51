import type { Subscription } from '../../src/brokers/broker.js';
import type { GridwireError } from '../../src/errors.js';
import type { GridwireEvent, JsonObject } from '../../src/event.js';
import type { AgentConfig, Device, EnvironmentConfig, GridEnvironment } from '../../src/grid/index.js';
import { gridLibrary } from '../runtime/grid-library.js';
import type { GridChannels } from '../messages/grid-channels.js';
import { readAgentAction, stateDocument, type StateDocument } from '../messages/grid-messages.js';
import { StepOrder } from './step-order.js';

/** One agent's devices in this node, and the steps that they have taken. */
interface Hosted {
  agent: AgentConfig;
  devices: Device[];
  steps: StepOrder;
  /** What the first step of the episode asked for. */
  first?: string;
}

/**
 * Devices that follow their setpoints over the broker: every action of their agent moves them one step and makes each
 * of them report its state. The same step a second time (a broker may deliver twice) reports again and moves nothing,
 * an older one is over and is ignored, one that is far ahead is refused, and step 1 after others, or with another action
 * than before, starts a new episode.
 */
export class DeviceAgent {
  private readonly hosted = new Map<string, Hosted>();
  private subscription: Subscription | undefined;

  /**
   * @param agent only this agent's devices; '' for all
   * @param device only this device; '' for all
   */
  constructor(
    private readonly channels: GridChannels,
    private readonly environment: GridEnvironment,
    private readonly config: EnvironmentConfig,
    agent: string,
    device: string,
  ) {
    environment.agents.forEach((one) => {
      if (agent !== '' && one.id !== agent) return;
      const devices = one.devices.filter(({ id }) => device === '' || id === device);
      if (devices.length > 0) this.hosted.set(one.id, { agent: one.config, devices, steps: new StepOrder() });
    });
  }

  get deviceCount(): number {
    return [...this.hosted.values()].reduce((sum, { devices }) => sum + devices.length, 0);
  }

  /**
   * @param reported is told of every state that was published
   * @param failed is told of actions that cannot be followed and states that cannot be published
   * @param onProblem is told what stands in the way of hearing actions
   */
  async start(
    reported: (states: StateDocument[]) => void,
    failed: (error: unknown) => void,
    onProblem?: (error: GridwireError) => void,
  ): Promise<Subscription> {
    const follow = (event: GridwireEvent): void => {
      this.follow(event).then(
        (states) => {
          if (states.length > 0) reported(states);
        },
        (error: unknown) => failed(error),
      );
    };
    const refused = (error: GridwireError): void => failed(error);
    return (this.subscription = await this.channels.subscribe('actions', follow, refused, onProblem));
  }

  private async follow({ envelope, payload }: GridwireEvent): Promise<StateDocument[]> {
    const timestamp = Number(envelope['timestamp']);
    const states: StateDocument[] = [];
    for (const [id, action] of Object.entries(payload as JsonObject)) {
      const hosted = this.hosted.get(id);
      if (hosted === undefined || !this.move(hosted, action, timestamp)) continue;
      states.push(...hosted.devices.map(({ id: device, kind, state }) => stateDocument(device, kind, state)));
    }
    await Promise.all(
      states.map((state) =>
        this.channels.publish('state-updates', state, {
          ...{ sender: state.agent_id, recipient: 'environment', timestamp },
        }),
      ),
    );
    return states;
  }

  /** @returns false for a step that is over */
  private move(hosted: Hosted, action: unknown, timestamp: number): boolean {
    const place = hosted.steps.placeOf(timestamp);
    const asked = JSON.stringify(action);
    // Reset after its first step, a simulation takes that step again. With the same action it comes to the same states.
    const anew = place === 'first again' || (timestamp === 1 && place === 'same' && asked !== hosted.first);
    if (place === 'same' && !anew) return true;
    if (place === 'over') return false;
    const actions = readAgentAction(hosted.agent, action);
    if (timestamp === 1) hosted.first = asked;
    if (anew) {
      const random = gridLibrary().seededRandom(this.config.seed ?? 0);
      for (const device of hosted.devices) device.reset(random);
    }
    // Step numbers count from 1, conditions from 0.
    const conditions = this.environment.conditions(Math.max(0, timestamp - 1));
    for (const device of hosted.devices) {
      const own = Object.hasOwn(actions, device.id) ? actions[device.id] : undefined;
      device.step(own ?? {}, conditions, this.environment.stepHours);
    }
    hosted.steps.taken(timestamp);
    return true;
  }

  /** @param removed the node is gone for good */
  async stop(removed: boolean): Promise<void> {
    await this.subscription?.close({ unsubscribe: removed });
  }
}
