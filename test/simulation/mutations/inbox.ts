import type { Mutation } from '../../../scripts/mutating/mutation.js';

const INBOUND = 'src/delivery/inbound';

export const mutations: Mutation[] = [
  {
    name: 'each failed event puts off the look at those that are due',
    fault: '1',
    file: `${INBOUND}/rows.ts`,
    find: 'this.dueAt = Math.min(this.dueAt, at);',
    replace: 'this.dueAt = at;',
  },
  {
    name: 'a row that was read before its event ended is taken for one that is due',
    fault: '2',
    file: `${INBOUND}/rows.ts`,
    find: '!this.touched.has(key) && !isInHand(key));\n    const isWhole',
    replace: '!isInHand(key));\n    const isWhole',
    also: [{ file: `${INBOUND}/inbox.ts`, find: 'except: [...this.rowsInHand()]', replace: 'except: []' }],
  },
  {
    name: 'a row is taken up although its event is in hand',
    fault: '2',
    file: `${INBOUND}/rows.ts`,
    find: 'const fresh = due.filter(({ key }) => !this.touched.has(key) && !isInHand(key));',
    replace: 'const fresh = due.filter(({ key }) => !this.touched.has(key));',
  },
  {
    name: 'what a store refuses for good is tried again for ever',
    fault: '9',
    file: `${INBOUND}/inbox.ts`,
    find: 'else if (answer.permanent) this.items.refused(item, answer.error, time);',
    replace: '',
  },
  {
    name: 'the id of what is given up is noted as dealt with',
    fault: '28',
    file: `${INBOUND}/lifecycle.ts`,
    find: 'mark: !givenUp && item.id !== undefined',
    replace: 'mark: item.id !== undefined',
  },
  {
    name: 'a failed dead letter runs the flow again',
    fault: '15',
    file: `${INBOUND}/lifecycle.ts`,
    find: `    if (item.refusal !== undefined) {
      this.reject(item, item.refusal);
      return;
    }
    item.state`,
    replace: '    item.state',
  },
  {
    name: 'an event is acknowledged before the store has taken it',
    file: `${INBOUND}/lifecycle.ts`,
    find: '    item.inWrite = true;\n',
    replace: '    item.inWrite = true;\n    this.acknowledge(item);\n',
  },
  {
    name: 'an unanswered write counts as made',
    file: `${INBOUND}/inbox.ts`,
    find: 'else if (answer.ok) this.items.leave(item, time);',
    replace: 'else if (answer.ok || !answer.permanent) this.items.leave(item, time);',
  },
  {
    name: 'a kept event is settled though the store did not keep it',
    file: `${INBOUND}/lifecycle.ts`,
    find: '    if (answer.ok) this.acknowledge(item);\n    else {',
    replace: '    this.acknowledge(item);\n    if (!answer.ok) {',
  },
  {
    name: 'the row of an event that has ended is not released',
    file: `${INBOUND}/endings.ts`,
    find: 'release: item.key',
    replace: 'release: `${item.key}?`',
  },
  {
    name: 'one attempt more than the contract says',
    file: `${INBOUND}/lifecycle.ts`,
    find: 'if (item.attempts >= this.rules.retry.attempts)',
    replace: 'if (item.attempts > this.rules.retry.attempts)',
  },
  {
    name: 'a failed event does not wait',
    file: `${INBOUND}/lifecycle.ts`,
    find: 'const at = time.now + wait;',
    replace: 'const at = time.now + wait * 0;',
  },
  {
    name: 'waits are counted by the wall clock',
    fault: '22',
    file: `${INBOUND}/lifecycle.ts`,
    find: 'const at = time.now + wait;',
    replace: 'const at = time.wall + wait;',
  },
  {
    name: 'an expired command is processed',
    file: `${INBOUND}/lifecycle.ts`,
    find: 'expiresAt !== undefined && time.now > expiresAt)',
    replace: 'expiresAt !== undefined && time.now > expiresAt + 60_000)',
  },
  {
    name: 'a repetition is not asked for',
    file: `${INBOUND}/lifecycle.ts`,
    find: "else item.state = this.repetitions.enter(item, id) ? 'asking' : 'following';",
    replace: 'else if (this.repetitions.enter(item, id)) this.attempt(item, time);',
  },
  {
    name: 'the mark of an event that is done is not written',
    file: `${INBOUND}/lifecycle.ts`,
    find: 'mark: !givenUp && item.id !== undefined',
    replace: 'mark: givenUp && item.id !== undefined',
  },
  {
    name: 'those that wait for an id are forgotten when the first of them leaves',
    file: `${INBOUND}/repetitions.ts`,
    find: '    return group.followers;',
    replace: '    return [];',
  },
  {
    name: 'a question to the store that was not answered is not asked again',
    file: `${INBOUND}/repetitions.ts`,
    find: 'this.waiting = [...this.asked, ...this.waiting];',
    replace: 'this.waiting = [...this.waiting];',
  },
  {
    name: 'what an earlier process left is not taken up',
    file: `${INBOUND}/store-tasks.ts`,
    find: 'const never = hasStore ? -Infinity : Infinity;',
    replace: 'const never = Infinity;',
  },
  {
    name: 'what was read from the store keeps its place for ever',
    file: `${INBOUND}/lifecycle.ts`,
    find: '    if (resumed) this.places.left(item);\n',
    replace: '',
  },
  {
    name: 'what is remembered of a failed event is never forgotten',
    file: `${INBOUND}/rows.ts`,
    find: '    this.forget(key);\n    return known;',
    replace: '    return known;',
  },
  {
    name: 'the dead letter has no body',
    fault: '18',
    file: `${INBOUND}/endings.ts`,
    find: 'message: { topic, body, qos, retain, headers: {} },',
    replace: 'message: { topic, body: body.subarray(0, 0), qos, retain, headers: {} },',
  },
  {
    name: 'a closed inbox acknowledges what the flow still has',
    fault: '27',
    file: `${INBOUND}/inbox.ts`,
    find: 'close(): void {',
    replace:
      'close(): void {\n    for (const item of this.items.table.values()) this.items.acknowledge(item);',
  },
  {
    name: 'the expiry of a row is a time of the wall clock',
    fault: '22',
    file: `${INBOUND}/item.ts`,
    find: 'return expiresAt === undefined ? received : { ...received, expiresAt: Math.round(wall + expiresAt - now) };',
    replace: 'return received;',
    test: 'test/unit/delivery/inbound/inbox-faults.test.ts',
  },
  {
    name: 'a row waits by the clock of the process that wrote it',
    fault: '22',
    file: 'src/store/sql/parked-table.ts',
    find: '      ...this.toPresentClock(queue, now),\n',
    replace: '',
    test: 'test/unit/store/sql/parked-times.test.ts',
  },
  {
    name: 'two messages that their broker gives one name are taken for one',
    fault: '16',
    file: `${INBOUND}/inbox.ts`,
    find: 'this.items.names.tellApart(arrival.origin);',
    replace: 'void 0;',
    test: 'test/unit/delivery/inbound/inbox-faults.test.ts',
  },
];
