import assert from 'node:assert/strict';
import { GridwireError } from '../../../../src/errors.js';
import type { FlowMessage, RuntimeNode } from '../../../../nodes/flow-completion/node-red.js';
import { RECEIPT, receiptOf } from '../../../../nodes/flow-completion/receipt.js';
import type { CompletionResult, TrackOptions } from '../../../../nodes/flow-completion/tracked-message.js';
import { Tracker } from '../../../../nodes/flow-completion/tracker.js';
import { until } from '../../../support/wait.js';

const EMPTY = { messages: 0, messageIds: 0, sources: 0 };
const source: RuntimeNode = { id: 's', type: 'source', wires: [['a']] };
const nodeA: RuntimeNode = { id: 'a', type: 'function', wires: [[]] };
const nodeB: RuntimeNode = { id: 'b', type: 'join', wires: [[]] };

const turn = () => new Promise((resolve) => setImmediate(resolve));
const failure = (text: string) => new GridwireError('FLOW_FAILED', text);

describe('flow completion: the count of what is open', () => {
  let tracker: Tracker;
  let faults: unknown[];
  let results: CompletionResult[];

  beforeEach(() => {
    faults = [];
    results = [];
    tracker = new Tracker((_source, thrown) => faults.push(thrown));
  });

  function begin(options: Partial<TrackOptions> = {}, from = source) {
    const msg = { _msgid: `m${String(Math.random())}` } as FlowMessage;
    const message = tracker.begin(from, msg, { timeoutMs: 10_000, caughtIs: 'ack', ...options }, (result) =>
      results.push(result),
    );
    return { msg, message };
  }

  /** Sends it from its source to a node that receives it. */
  function arriveAt(node: RuntimeNode, options: Partial<TrackOptions> = {}) {
    const { msg, message } = begin(options);
    tracker.depart(message, node.id);
    tracker.close(message.sending!);
    return { msg, message, visit: tracker.arrive(message, node, msg) };
  }

  it('settles once, a turn after the last node has finished, and remembers nothing', async () => {
    const { visit } = arriveAt(nodeA);
    await turn();
    assert.equal(results.length, 0);
    tracker.close(visit);
    tracker.close(visit);
    assert.equal(results.length, 0, 'not in the same breath: an error may still follow');
    await turn();
    assert.deepEqual(results, [{ outcome: 'completed', errors: [], openAt: [] }]);
    assert.deepEqual(tracker.size(), EMPTY);
  });

  it('takes up again what a node sends just after it reported done', async () => {
    const { message, visit, msg } = arriveAt(nodeA);
    tracker.close(visit);
    tracker.depart(message, 'b');
    await turn();
    assert.equal(results.length, 0);
    tracker.close(tracker.arrive(message, nodeB, msg));
    await turn();
    assert.equal(results.length, 1);
  });

  it('settles a source without wires at once', async () => {
    begin({}, { ...source, wires: [[]] });
    await turn();
    await turn();
    assert.equal(results[0]?.outcome, 'completed');
  });

  it('fails on an error nobody caught, and completes on one that was', async () => {
    const uncaught = arriveAt(nodeA);
    tracker.fail(uncaught.message, 'a', failure('no'));
    tracker.close(uncaught.visit);
    const caught = arriveAt(nodeA);
    tracker.fail(caught.message, 'a', failure('no'));
    caught.message.markCaught('a', () => failure('unused'));
    tracker.close(caught.visit);
    await turn();
    assert.deepEqual(
      results.map(({ outcome, errors }) => [outcome, errors.length]),
      [
        ['failed', 1],
        ['completed', 0],
      ],
    );
  });

  it('counts caught errors as failures where that is chosen, even those only a catch node saw', async () => {
    const { message, visit } = arriveAt(nodeA, { caughtIs: 'nack' });
    message.markCaught('a', () => failure('seen by catch'));
    tracker.close(visit);
    await turn();
    assert.equal(results[0]?.errors[0]?.message, 'seen by catch');
  });

  it('settles messages that a node has joined together, with one result', async () => {
    const first = arriveAt(nodeB);
    const second = arriveAt(nodeB);
    tracker.merge(second.message, first.message);
    tracker.close(first.visit);
    tracker.fail(second.message, 'b', failure('bulk insert'));
    await turn();
    assert.equal(results.length, 0);
    tracker.close(second.visit);
    await turn();
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['failed', 'failed'],
    );
    assert.deepEqual(tracker.size(), EMPTY);
  });

  it('names where a message hangs when its time is up', async () => {
    const { message } = arriveAt(nodeA, { timeoutMs: 5 });
    tracker.depart(message, 'far');
    await until('its time is up', () => results.length > 0);
    assert.deepEqual(results, [{ outcome: 'timeout', errors: [], openAt: ['function:a', 'far'] }]);
    assert.deepEqual(tracker.size(), EMPTY);
  });

  it('waits as long as a node does that says that what a message has to go to is away', async () => {
    let asked = 0;
    const patient = { ...nodeA, [Symbol.for('gridwire.waits')]: () => (asked += 1) < 3 };
    arriveAt(patient, { timeoutMs: 5 });
    await until('its time is up', () => results.length > 0);
    assert.equal(asked, 3);
    assert.equal(results[0]?.outcome, 'timeout');
  });

  it('settles nothing for a source that closes, and lets what is under way run out', async () => {
    const { visit } = arriveAt(nodeA);
    tracker.cancel(source);
    assert.equal(tracker.inFlight(source), 0);
    tracker.close(visit);
    await turn();
    assert.deepEqual(results, []);
    assert.deepEqual(tracker.size(), EMPTY);
  });

  it('counts what a source has begun anew by itself, and lets what was under way keep nothing alive', async () => {
    const [first, second] = [arriveAt(nodeA), arriveAt(nodeA)];
    tracker.cancel(source);
    assert.deepEqual([first.message.after, second.message.before], [undefined, undefined]);
    const third = arriveAt(nodeA);
    tracker.close(first.visit);
    tracker.close(second.visit);
    await turn();
    assert.equal(results.length, 0);
    assert.equal(tracker.inFlight(source), 1);
    tracker.close(third.visit);
    await turn();
    assert.equal(results.length, 1);
    assert.deepEqual(tracker.size(), EMPTY);
  });

  it('settles by receipt once, in explicit mode, whatever the flow does', async () => {
    const { msg } = begin({ mode: 'explicit' });
    const receipt = receiptOf(msg)!;
    await turn();
    await turn();
    assert.equal(results.length, 0);
    assert.equal(tracker.settleExplicit(receipt, 'nack', failure('refused')), true);
    assert.equal(tracker.settleExplicit(receipt, 'ack'), false);
    assert.equal(tracker.settleExplicit('not a receipt', 'ack'), false);
    const settled = results.map(({ outcome, errors }) => [outcome, errors[0]?.message]);
    assert.deepEqual(settled, [['failed', 'refused']]);
    assert.deepEqual(tracker.size(), EMPTY);
  });

  it('survives a source whose callback throws', async () => {
    const message = tracker.begin(source, {}, { timeoutMs: 1_000, caughtIs: 'ack' }, () => {
      throw new Error('owner');
    });
    tracker.close(message.sending!);
    await turn();
    assert.equal(faults.length, 1);
    assert.deepEqual(tracker.size(), EMPTY);
  });

  it('tells two visits of one object apart by their nodes', () => {
    const { message, msg, visit } = arriveAt(nodeA);
    const second = tracker.arrive(message, nodeB, msg);
    assert.equal(tracker.visitOf(msg, nodeA), visit);
    assert.equal(tracker.visitOf(msg, nodeB), second);
    tracker.close(visit);
    assert.equal(tracker.visitOf(msg, nodeA), undefined);
    assert.equal(tracker.visitOf(msg, nodeB), second);
  });

  it('bounds the ids it remembers for one message', () => {
    const { message } = begin();
    for (let part = 0; part < 5_000; part += 1) tracker.know(message, `part-${String(part)}`);
    assert.ok(tracker.size().messageIds <= 1_000);
  });
});

describe('flow completion: receipts', () => {
  it('survive spreading and cloning by the stamp, and JSON by the property', () => {
    const tracker = new Tracker(() => undefined);
    const msg = { payload: 1 } as FlowMessage;
    const { receipt } = tracker.begin(source, msg, { timeoutMs: 1_000, caughtIs: 'ack' }, () => undefined);
    assert.equal(receiptOf({ ...msg, receipt: undefined }), receipt);
    assert.equal(receiptOf(JSON.parse(JSON.stringify(msg)) as FlowMessage), receipt);
    assert.equal(JSON.stringify(Object.keys(msg)), '["payload","receipt"]');
    tracker.clear();
  });

  it('are not taken from what a user calls a receipt', () => {
    assert.equal(receiptOf({ receipt: '4711' }), undefined);
    assert.equal(receiptOf({ [RECEIPT]: 5, receipt: null }), undefined);
  });
});
