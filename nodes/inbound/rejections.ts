import type { Node } from 'node-red';
import type { GridwireError } from '../../src/errors.js';
import type { GridwireMessage } from '../runtime/messages.js';
import type { StatusLine } from '../runtime/status.js';

/**
 * Where messages go that a node refused: its output for them, or, if nothing is wired there, the flow's catch nodes
 * and the log. A refused message is never dropped without a trace.
 */
export class Rejections {
  /** Since somebody has looked. */
  private count = 0;
  private total = 0;

  /**
   * @param isTaken whether somebody in the flow receives what leaves by that output now
   * @param output index of the output for refused messages
   * @param outputs how many outputs the node has
   */
  constructor(
    private readonly node: Node,
    private readonly status: StatusLine,
    private readonly isTaken: () => boolean,
    private readonly output: number,
    private readonly outputs: number,
  ) {}

  /** To be called for every message, so that the status can say how many of how many were refused. */
  counted(): void {
    this.total += 1;
  }

  /**
   * @param error why it is refused
   * @param send the input handler's own `send`, or the node's where the message came from a broker
   * @returns whether somebody in the flow has it now
   */
  reject(
    message: GridwireMessage,
    error: GridwireError,
    send: (messages: (GridwireMessage | null)[]) => void,
  ): boolean {
    this.count += 1;
    const isTaken = this.isTaken();
    if (isTaken) {
      const messages = Array.from<GridwireMessage | null>({ length: this.outputs }).fill(null);
      messages[this.output] = message;
      send(messages);
    } else {
      this.node.error(error, message);
    }
    const { count, total } = this;
    this.status.happened(
      'rejected',
      'rejected',
      { count, total },
      () => (this.count = this.total = 0),
      error,
    );
    return isTaken;
  }
}
