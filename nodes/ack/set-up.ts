import type { NodeDef, NodeMessage } from 'node-red';
import { GridwireError, errorText } from '../../src/errors.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { flowCompletionOf } from '../flow-completion/index.js';
import { receiptsIn } from './receipts.js';

export interface AckConfig extends NodeDef {
  /** `ack`: processed. `retry`: refused, to be tried again. `reject`: refused for good, a dead letter. */
  outcome: string;
  /** Where in the message the receipt is, or a list of receipts. */
  receipt: string;
  /** Why an event is refused; empty takes it from `msg.error`, as catch nodes set it. */
  reason: string;
}

const OUTCOMES = ['ack', 'retry', 'reject'] as const;

export function setUp({ RED, settings, status }: NodeTools<AckConfig>): NodeBehaviour {
  const outcome = settings.choice('outcome', OUTCOMES, 'ack');
  const property = settings.text('receipt', 'receipt');
  const reason = settings.text('reason');
  settings.finish();

  const completion = flowCompletionOf(RED);
  let count = 0;
  return {
    onInput(message, send) {
      const receipts = receiptsIn(RED, message, property);
      const error = outcome === 'ack' ? undefined : refusal(outcome, reason, message);
      const unknown = receipts.filter(
        (receipt) => !completion.settleExplicit(receipt, outcome === 'ack' ? 'ack' : 'nack', error),
      );
      count += receipts.length - unknown.length;
      status.show('settled', { count });
      if (unknown.length > 0) throw unknownReceipts(unknown.length, receipts.length);
      send(message);
    },
  };
}

function refusal(outcome: 'retry' | 'reject', reason: string, message: NodeMessage): GridwireError {
  const { error } = message as { error?: { message?: unknown } | string };
  const told = typeof error === 'object' ? error.message : error;
  const text = reason !== '' ? reason : told === undefined ? 'The flow refused the event.' : errorText(told);
  return new GridwireError(outcome === 'retry' ? 'FLOW_FAILED' : 'EVENT_REJECTED', text);
}

function unknownReceipts(unknown: number, all: number): GridwireError {
  return new GridwireError(
    'RECEIPT_UNKNOWN',
    `${unknown} of ${all} receipts are not open: settled before, timed out, or from before Node-RED was started. ` +
      'Events that were not settled in time are delivered again.',
    { details: { unknown, all } },
  );
}
