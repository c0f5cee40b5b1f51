import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Broker } from '../../src/brokers/broker.js';
import type { GridwireError } from '../../src/errors.js';

/** The status words of all Gridwire nodes; their texts are in `locales/en-US/shared.json`. */
export type StatusWord =
  | 'ready'
  | 'connected'
  | 'connecting'
  | 'disconnected'
  | 'disconnected-why'
  | 'waiting'
  | 'waiting-why'
  | 'broker-failing'
  | 'draining'
  | 'store-away'
  | 'store-slow'
  | 'mirrored'
  | 'replaying'
  | 'paused'
  | 'replayed'
  | 'recovered'
  | 'sent'
  | 'sent-but'
  | 'received'
  | 'received-lag'
  | 'partitions'
  | 'retiring'
  | 'received-but'
  | 'received-unreadable'
  | 'rejected'
  | 'held'
  | 'retrying'
  | 'hinders'
  | 'settled'
  | 'stepped'
  | 'silent'
  | 'no-solution'
  | 'studying'
  | 'settings-invalid'
  | 'error';

const LOOKS: Record<StatusWord, Pick<NodeStatus, 'fill' | 'shape'>> = {
  ready: { fill: 'grey', shape: 'ring' },
  connected: { fill: 'green', shape: 'dot' },
  connecting: { fill: 'yellow', shape: 'ring' },
  disconnected: { fill: 'red', shape: 'ring' },
  'disconnected-why': { fill: 'red', shape: 'ring' },
  waiting: { fill: 'yellow', shape: 'dot' },
  'waiting-why': { fill: 'yellow', shape: 'dot' },
  'store-slow': { fill: 'yellow', shape: 'dot' },
  'store-away': { fill: 'red', shape: 'ring' },
  mirrored: { fill: 'green', shape: 'dot' },
  replaying: { fill: 'blue', shape: 'dot' },
  paused: { fill: 'blue', shape: 'ring' },
  replayed: { fill: 'green', shape: 'dot' },
  recovered: { fill: 'green', shape: 'dot' },
  'broker-failing': { fill: 'red', shape: 'dot' },
  draining: { fill: 'yellow', shape: 'dot' },
  'sent-but': { fill: 'yellow', shape: 'dot' },
  sent: { fill: 'green', shape: 'dot' },
  'received-but': { fill: 'yellow', shape: 'dot' },
  'received-unreadable': { fill: 'red', shape: 'dot' },
  received: { fill: 'green', shape: 'dot' },
  'received-lag': { fill: 'green', shape: 'dot' },
  partitions: { fill: 'green', shape: 'dot' },
  retiring: { fill: 'blue', shape: 'ring' },
  rejected: { fill: 'yellow', shape: 'dot' },
  held: { fill: 'yellow', shape: 'ring' },
  retrying: { fill: 'yellow', shape: 'dot' },
  hinders: { fill: 'red', shape: 'ring' },
  settled: { fill: 'green', shape: 'dot' },
  stepped: { fill: 'green', shape: 'dot' },
  silent: { fill: 'yellow', shape: 'dot' },
  'no-solution': { fill: 'red', shape: 'dot' },
  studying: { fill: 'blue', shape: 'dot' },
  'settings-invalid': { fill: 'red', shape: 'ring' },
  error: { fill: 'red', shape: 'dot' },
};

/** Shows the state of a broker's connection, with the code of what ended it where that is known. */
export function showConnection(status: StatusLine, { state }: Broker, error?: GridwireError): void {
  if (state === 'disconnected' && error !== undefined) status.show('disconnected-why', { code: error.code });
  else status.show(state);
}

/** A node that handles thousands of messages a second must not send as many status updates to every open editor. */
const INTERVAL = 500;

/**
 * Shows a node's status: at once when it was quiet, else the latest one twice a second. `show` is called for every
 * message, so it only notes; translating costs more than publishing does and waits until something is really shown.
 */
export class StatusLine {
  private last = 0;
  private shown = '';
  private pending: { word: StatusWord; values: Record<string, string | number> } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
  ) {
    node.on('close', () => this.stop());
  }

  show(word: StatusWord, values: Record<string, string | number> = {}): void {
    this.pending = { word, values };
    if (this.timer !== undefined) return;
    const wait = this.last + INTERVAL - Date.now();
    if (wait <= 0) {
      this.flush();
    } else {
      this.timer = setTimeout(() => this.flush(), wait);
      this.timer.unref();
    }
  }

  private flush(): void {
    this.timer = undefined;
    if (this.pending === undefined) return;
    const { word, values } = this.pending;
    const text = this.RED._(`gridwire.status.${word}`, values);
    const key = `${word} ${text}`;
    if (key === this.shown) return;
    this.last = Date.now();
    this.shown = key;
    this.node.status({ ...LOOKS[word], text });
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = undefined;
  }
}
