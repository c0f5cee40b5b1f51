import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import type { FlowCompletion } from '../../../nodes/flow-completion/index.js';
import {
  flowCompletionOf,
  type CompletionResult,
  type TrackOptions,
} from '../../../nodes/flow-completion/index.js';

/** What happened to one scenario's messages, in order. */
export type Happening =
  { at: string } | { settled: CompletionResult['outcome']; openAt: string[]; errors: string[] };

type Message = NodeMessage & Record<string, unknown>;
type Behaviour = 'done' | 'error' | 'throw' | 'never' | 'later' | 'done-then-send' | 'error-then-done';

/** The far end of the test nodes: sources by id, and what each scenario has seen. */
export class TestBench {
  readonly happenings = new Map<string, Happening[]>();
  completion!: FlowCompletion;
  private readonly sources = new Map<string, Node>();
  private readonly waiting = new Set<() => void>();

  /** Registers `test source`, `test probe` and `test legacy`. */
  readonly nodes = (RED: NodeAPI): void => {
    this.completion = flowCompletionOf(RED);
    const { sources } = this;
    const happened = this.happened.bind(this);
    const close = (source: Node) => {
      this.completion.cancelOwner(source);
      sources.delete(source.id);
    };
    RED.nodes.registerType('test source', function (this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
      sources.set(this.id, this);
      this.on('close', () => close(this));
    });
    RED.nodes.registerType('test probe', function (this: Node, config: NodeDef & ProbeConfig) {
      RED.nodes.createNode(this, config);
      this.on('input', (msg, send, done) => {
        happened(config.z, { at: config.probe });
        probe(this, config, msg, send, done);
      });
    });
    RED.nodes.registerType('test legacy', function (this: Node, config: NodeDef & LegacyConfig) {
      RED.nodes.createNode(this, config);
      // Arity decides: Node-RED takes a handler with one argument for one that never completes.
      this.on('input', (msg: NodeMessage) => {
        happened(config.z, { at: config.probe });
        if (config.behaviour === 'throw') throw new Error('legacy handler threw');
        if (config.behaviour === 'later') setTimeout(() => this.send(msg), config.delay ?? 50);
        else if (config.behaviour === 'new')
          setTimeout(() => this.send({ payload: 'new' }), config.delay ?? 30);
        else if (config.behaviour !== 'never') this.send(msg);
      });
    });
  };

  source(id: string): Node {
    const node = this.sources.get(id);
    if (!node) throw new Error(`no source ${id} is deployed`);
    return node;
  }

  /** Sends a tracked message from a source. */
  send(sourceId: string, tab: string, msg: NodeMessage, options: TrackOptions): string {
    const source = this.source(sourceId);
    const receipt = this.completion.track(source, msg, options, (result) => {
      this.happened(tab, {
        settled: result.outcome,
        openAt: result.openAt,
        errors: result.errors.map((error) => error.message),
      });
    });
    source.send(msg);
    return receipt;
  }

  of(tab: string): Happening[] {
    return this.happenings.get(tab) ?? [];
  }

  happened(tab: string, what: Happening): void {
    const list = this.happenings.get(tab) ?? [];
    list.push(what);
    this.happenings.set(tab, list);
    for (const check of [...this.waiting]) check();
  }

  /** Resolves once the condition holds; checked at every happening. */
  until(condition: () => boolean, limitMs = 10_000): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.waiting.delete(check);
        reject(new Error('the condition did not come true in time'));
      }, limitMs);
      const check = () => {
        if (!condition()) return;
        clearTimeout(limit);
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
    });
  }
}

interface LegacyConfig {
  z: string;
  probe: string;
  behaviour?: 'sync' | 'throw' | 'later' | 'new' | 'never';
  delay?: number;
}

interface ProbeConfig {
  z: string;
  probe: string;
  behaviour?: Behaviour;
  delay?: number;
}

function probe(
  node: Node,
  config: ProbeConfig,
  msg: NodeMessage,
  send: (msg: Message) => void,
  done: (error?: Error) => void,
): void {
  const onward = msg as Message;
  const delay = config.delay ?? 30;
  const behaviours: Record<Behaviour, () => void> = {
    done: () => {
      send(onward);
      done();
    },
    error: () => done(new Error('probe failed')),
    throw: () => {
      throw new Error('probe threw');
    },
    never: () => undefined,
    'error-then-done': () => {
      node.error(new Error('probe reported'), msg);
      done();
    },
    'done-then-send': () => {
      done();
      setTimeout(() => send(onward), delay);
    },
    later: () => {
      setTimeout(() => {
        send(onward);
        done();
      }, delay);
    },
  };
  behaviours[config.behaviour ?? 'done']();
}
