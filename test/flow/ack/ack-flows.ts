import type { SettlementMode } from '../../../nodes/flow-completion/index.js';
import type { FlowNode } from '../../support/node-red-runtime.js';
import { catchAll, chain, fn, node, probe } from '../flow-completion/scenarios/scenario.js';

/** A flow below a source, and what happens in it, in order: probes reached, and settlements with their reason. */
export interface AckFlow {
  name: string;
  nodes: FlowNode[];
  /** The source's settlement; default explicit. */
  mode?: SettlementMode;
  send?: number;
  expect: string[];
}

const ack = (settings: Record<string, unknown> = {}) =>
  node('gridwire-ack', { outcome: 'ack', receipt: 'receipt', reason: '', ...settings });
const settledLater = fn(
  'const kept = context.get("kept") || []; kept.push(JSON.stringify(msg)); context.set("kept", kept);' +
    'return kept.length === 3 ? [kept.map((text) => JSON.parse(text))] : null;',
);
const gathered = fn(
  'const list = context.get("list") || []; list.push(msg.receipt); context.set("list", list);' +
    'return list.length === 3 ? { payload: { receipts: list } } : null;',
);
const codeOf = (name: string) => fn(`return msg.error.code === "${name}" ? msg : null;`);

export const ackFlows: AckFlow[] = [
  {
    name: 'acknowledges by the receipt, and passes the message on',
    nodes: chain(fn('return msg;'), ack(), probe()),
    expect: ['completed', 'p'],
  },
  {
    name: 'waits for the receipt, not for the flow',
    nodes: chain(fn('return null;'), ack()),
    expect: ['timeout'],
  },
  {
    name: 'takes messages that were kept as text and sent on by a later one',
    nodes: chain(settledLater, ack()),
    send: 3,
    expect: ['completed', 'completed', 'completed'],
  },
  {
    name: 'takes a list of receipts',
    nodes: chain(gathered, ack({ receipt: 'payload.receipts' })),
    send: 3,
    expect: ['completed', 'completed', 'completed'],
  },
  {
    name: 'takes the stamp of a message whose receipt was deleted',
    nodes: chain(fn('delete msg.receipt; return msg;'), ack()),
    expect: ['completed'],
  },
  {
    name: 'refuses for another attempt, with a reason',
    nodes: chain(ack({ outcome: 'retry', reason: 'meter asleep' })),
    expect: ['failed: meter asleep'],
  },
  {
    name: 'refuses for good, with the reason of a catch node',
    nodes: [...chain(fn('throw new Error("bad unit");')), ...chain(catchAll(), ack({ outcome: 'reject' }))],
    expect: ['failed: Error: bad unit'],
  },
  {
    name: 'reports a second settlement as an error',
    nodes: [
      ...chain(ack(), ack({ outcome: 'retry' })),
      ...chain(catchAll(), codeOf('RECEIPT_UNKNOWN'), probe()),
    ],
    expect: ['completed', 'p'],
  },
  {
    name: 'reports a message without receipt as an error',
    nodes: [
      ...chain(fn('return { payload: 1 };'), ack()),
      ...chain(catchAll(), codeOf('RECEIPT_MISSING'), probe()),
    ],
    expect: ['p', 'timeout'],
  },
  {
    name: 'reports something else than a receipt as an error',
    nodes: [
      ...chain(fn('msg.receipt = { no: 1 }; return msg;'), ack()),
      ...chain(catchAll(), codeOf('RECEIPT_MISSING'), probe()),
    ],
    expect: ['p', 'timeout'],
  },
  {
    name: 'settles at once, before a flow that would settle by completion has ended',
    mode: 'completion',
    nodes: chain(ack(), probe({ behaviour: 'later', delay: 20 }), probe()),
    expect: ['completed', 'p', 'p'],
  },
];
