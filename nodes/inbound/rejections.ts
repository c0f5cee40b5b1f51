import type { Node } from 'node-red';
import type { GridwireMessage } from '../runtime/messages.js';
import type { StatusLine } from '../runtime/status.js';

/**
 * Where messages go that a node refused: its output for them, or, if nothing is wired there, the flow's catch nodes
 * and the log. A refused message is never dropped without a trace.
 */
export class Rejections {
  private count = 0;
  private total = 0;
  /** Whether refused messages have somewhere to go in the flow. */
  readonly isWired: boolean;

  /**
   * @param output index of the output for refused messages
   * @param outputs how many outputs the node has
   */
  constructor(
    private readonly node: Node,
    private readonly status: StatusLine,
    config: object,
    private readonly output: number,
    private readonly outputs: number,
  ) {
    const wires = (config as { wires?: unknown[][] }).wires;
    this.isWired = (wires?.[output]?.length ?? 0) > 0;
  }

  /** To be called for every message, so that the status can say how many of how many were refused. */
  counted(): void {
    this.total += 1;
  }

  /** @param send the input handler's own `send`, or the node's where the message came from a broker */
  reject(
    message: GridwireMessage,
    reason: string,
    send: (messages: (GridwireMessage | null)[]) => void,
  ): void {
    this.count += 1;
    if (this.isWired) {
      const messages = Array.from<GridwireMessage | null>({ length: this.outputs }).fill(null);
      messages[this.output] = message;
      send(messages);
    } else {
      this.node.error(reason, message);
    }
    this.status.show('rejected', { count: this.count, total: this.total });
  }
}
