import type { Node, NodeAPI, NodeDef } from 'node-red';
import { fromWall, systemClock } from '../../src/clock.js';
import { decisive } from '../../src/delivery/retry-rule.js';
import { DONE, type Origin, type Outcome } from '../../src/delivery/inbound/work.js';
import { GridwireError } from '../../src/errors.js';
import type { Repeats } from '../../src/repeats.js';
import { type Deployment, deploymentOf } from '../runtime/deployment.js';
import {
  analyseDownstream,
  type CompletionResult,
  type Finding,
  findingText,
  reachesAnyone,
  flowCompletionOf,
} from '../flow-completion/index.js';
import type { GridwireMessage } from '../runtime/messages.js';
import type { SettlementSettings } from '../fields/settlement-settings.js';
import type { StatusLine } from '../runtime/status.js';

/** Messages by output, as `node.send` takes them; exactly one of them is a message. */
export type Outputs = (GridwireMessage | null)[];

/** Sends a source's messages into its flow, and tells what became of each when the flow has finished with it. */
export class FlowRun {
  private readonly completion;
  private readonly deployment: Deployment;
  private readonly wired: boolean[];
  private told = '';
  private readonly reached = new Map<number, boolean>();
  private readonly onDeployed = (): void => {
    this.reached.clear();
    this.tellFindings();
  };

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    config: NodeDef,
    private readonly settings: SettlementSettings,
    private readonly status: StatusLine,
    private readonly repeats: Repeats,
  ) {
    const wires = (config as { wires?: unknown[][] }).wires ?? [];
    this.wired = wires.map((port) => port.length > 0);
    this.completion = flowCompletionOf(RED);
    this.deployment = deploymentOf(RED);
    this.deployment.enter(this.onDeployed);
  }

  /** Resolves when the flows stand; call it before making what `run` is to send. */
  get ready(): Promise<void> | undefined {
    return this.deployment.ready;
  }

  /** Whether a node that runs receives what leaves by this output; ask when the flows stand. */
  reachesAnyone(output: number): boolean {
    let reached = this.reached.get(output);
    if (reached === undefined)
      this.reached.set(output, (reached = reachesAnyone(this.RED, this.node, output)));
    return reached;
  }

  /**
   * Sends each in turn and waits for all.
   * @param origin names the event to the nodes that keep what they are sent
   * @param mode `completion` for branches that no ack node settles, such as that of refused messages
   * @returns the worst of what became of them; never after `close`
   */
  run(all: readonly Outputs[], origin: Origin, mode = this.settings.mode): Promise<Outcome> {
    const [only] = all;
    // Nearly always there is one message, and no list is made for it.
    if (only === undefined || all.length > 1) return this.runAll(all, origin, mode);
    const output = only.findIndex((each) => each !== null);
    return this.send(only, output, new PartOfEvent(origin, output, 0), mode);
  }

  private async runAll(
    all: readonly Outputs[],
    origin: Origin,
    mode: SettlementSettings['mode'],
  ): Promise<Outcome> {
    const counts: number[] = [];
    const sent = all.map((outputs) => {
      const output = outputs.findIndex((each) => each !== null);
      const before = counts[output] ?? 0;
      counts[output] = before + 1;
      // Each of the messages made of one event has a name of its own, by its output: what others are there may differ.
      return this.send(outputs, output, new PartOfEvent(origin, output, before), mode);
    });
    const outcomes = await Promise.all(sent);
    return (
      outcomes.find(({ kind }) => kind === 'failed') ??
      outcomes.find(({ kind }) => kind === 'aborted') ??
      DONE
    );
  }

  /** Nothing that is under way will be told any more, so that it stays with its broker. */
  close(): void {
    this.deployment.leave(this.onDeployed);
    this.completion.cancelOwner(this.node);
  }

  private send(
    outputs: Outputs,
    output: number,
    origin: Origin,
    mode: SettlementSettings['mode'],
  ): Promise<Outcome> {
    const message = outputs[output];
    if (!message || this.wired[output] !== true) return Promise.resolve(DONE);
    if (mode === 'receipt') {
      this.node.send(outputs);
      return Promise.resolve(DONE);
    }
    const { timeoutMs, caughtIs } = this.settings;
    // The flow may change the message.
    const { topic, expiresAt } = message;
    const expiry =
      typeof expiresAt === 'number'
        ? { told: expiresAt, deadline: fromWall(systemClock, expiresAt) }
        : undefined;
    return new Promise((resolve) => {
      this.completion.track(this.node, message, { timeoutMs, caughtIs, mode, origin, expiry }, (result) =>
        resolve(this.outcomeOf(result, topic)),
      );
      this.node.send(outputs);
    });
  }

  private outcomeOf({ outcome, errors, openAt }: CompletionResult, topic: string | undefined): Outcome {
    if (outcome === 'completed') return DONE;
    if (outcome === 'aborted') return { kind: 'aborted' };
    const error = decisive(errors);
    if (outcome === 'failed' && error !== undefined) return { kind: 'failed', error };
    const where = openAt.length === 0 ? 'no node said where' : `it was still at ${openAt.join(', ')}`;
    const text = `The flow did not finish with an event of ${topic ?? ''} within ${this.settings.timeoutMs / 1000} s; ${where}.`;
    this.repeats.another('timeout', text);
    return {
      kind: 'failed',
      error: error ?? new GridwireError('FLOW_FAILED', text, { details: { openAt } }),
    };
  }

  /** Names the nodes of the flow that stand in the way of settlement, once for each state of the flow. */
  private tellFindings(): void {
    if (this.settings.mode === 'receipt') return;
    const findings = analyseDownstream(this.RED, this.node, this.settings).filter((each) =>
      this.matters(each),
    );
    const told = findings.map((finding) => findingText(finding, this.settings)).join('\n');
    if (told === this.told) return;
    this.told = told;
    for (const finding of findings) {
      const text = findingText(finding, this.settings);
      if (finding.serious) this.node.warn(text);
      else this.node.log(text);
    }
    const serious = findings.find((finding) => finding.serious);
    if (serious !== undefined) this.status.set('flow', 'hinders', { node: serious.node });
    else this.status.clear('flow');
  }

  /** Explicit settlement is made for nodes that keep messages; only what stops the whole flow is a fault there. */
  private matters({ kind }: Finding): boolean {
    return (
      this.settings.mode === 'completion' || kind === 'window-never-fills' || kind === 'outlasts-timeout'
    );
  }
}

/** One of the messages that are made of an event. Its key may have to be computed, so that is left to whoever asks. */
class PartOfEvent implements Origin {
  constructor(
    private readonly origin: Origin,
    private readonly output: number,
    private readonly before: number,
  ) {}

  get key(): string {
    return `${this.origin.key} ${this.output}.${this.before}`;
  }

  get mayExist(): boolean {
    return this.origin.mayExist;
  }
}
