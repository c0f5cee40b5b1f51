import type { Mutation } from '../../../scripts/mutating/mutation.js';

const OUTBOUND = 'src/delivery/outbound';

export const mutations: Mutation[] = [
  {
    name: 'the expiry of an event is looked at when it comes, and never again',
    fault: '5',
    file: `${OUTBOUND}/holdings.ts`,
    find: 'deadline: Math.min(expiresAt, acceptedAt + this.maxAge),',
    replace: 'deadline: acceptedAt + this.maxAge,',
  },
  {
    name: 'a row that may be there is neither sent nor taken back',
    fault: '10',
    file: `${OUTBOUND}/outbox-machine.ts`,
    find: 'else holdings.revoke(item);',
    replace: '',
  },
  {
    name: 'an event that its source brings again gets another row',
    fault: '16',
    file: `${OUTBOUND}/origins.ts`,
    find: 'found: origin.found }',
    replace: "found: 'never' }",
  },
  {
    name: 'an event of an earlier process fails without its body',
    fault: '18',
    file: `${OUTBOUND}/holdings.ts`,
    find: "this.effects.push({ do: 'lose', message, error: ending.error });",
    replace:
      "this.effects.push({ do: 'lose', message: { ...message, body: message.body.subarray(0, 0) }, error: ending.error });",
  },
  {
    name: 'an outbox goes on sending from a queue that another process has taken',
    fault: '21',
    file: `${OUTBOUND}/outbox.ts`,
    find: 'if (this.journal?.mayWork(now) === false) return;',
    replace: '',
  },
  {
    name: 'a lost queue is not noticed',
    fault: '21',
    file: `${OUTBOUND}/journal-driver.ts`,
    find: 'this.turn(() => this.machine.lostQueue());',
    replace: '',
  },
  {
    name: 'ages are counted by the wall clock',
    fault: '22',
    file: `${OUTBOUND}/outbox.ts`,
    find: 'return expiresAt === undefined ? undefined : fromWall(this.clock, expiresAt);',
    replace: 'return expiresAt;',
  },
  {
    name: 'a row that was perhaps written is sent though its sender was told otherwise',
    fault: '25',
    file: `${OUTBOUND}/outbox-machine.ts`,
    find: 'if (search) holdings.backlog?.search();',
    replace: 'if (search || isTransient(error)) holdings.backlog?.search();',
  },
  {
    name: 'events of one topic and different QoS are under way together',
    fault: '30',
    file: `${OUTBOUND}/lane.ts`,
    find: 'if (head !== undefined && this.underWay > 0 && head.message?.qos !== this.qosUnderWay) return undefined;\n',
    replace: '',
  },
  {
    name: 'what came back goes behind the others',
    fault: '30',
    file: `${OUTBOUND}/lane.ts`,
    find: 'this.waiting.insertBefore(item, (other) => other.order > item.order);',
    replace: 'this.waiting.push(item);',
  },
  {
    name: 'an acknowledged event keeps its row',
    file: `${OUTBOUND}/backlog.ts`,
    find: '    this.gone.push(id);\n',
    replace: '',
  },
  {
    name: 'a removal that failed is forgotten',
    file: `${OUTBOUND}/backlog.ts`,
    find: "if (kind === 'remove') this.gone.unshift(...this.removed.splice(0));",
    replace: "if (kind === 'remove') this.removed.splice(0);",
  },
  {
    name: 'a page that was read before a removal brings the event back',
    file: `${OUTBOUND}/backlog.ts`,
    find: 'if (this.endedRows.has(id)) return false;',
    replace: '',
  },
  {
    name: 'what an earlier process left is not loaded',
    file: `${OUTBOUND}/backlog.ts`,
    find: 'this.strangers = { count, bytes };\n    this.newest',
    replace: 'this.newest',
  },
  {
    name: 'a lost connection is a failure for good',
    file: `${OUTBOUND}/outbox-machine.ts`,
    find: '  failed(item: Item, error: GridwireError, now: number): void {\n    if (isTransient(error)) {',
    replace:
      "  failed(item: Item, error: GridwireError, now: number): void {\n    if (isTransient(error) && error.code !== 'BROKER_DISCONNECTED') {",
  },
  {
    name: 'the trial of the breaker is never over',
    file: `${OUTBOUND}/breaker.ts`,
    find: 'this.failures += 1;\n    this.trial = false;',
    replace: 'this.failures += 1;',
  },
  {
    name: 'no room for one kind stops it for ever',
    file: `${OUTBOUND}/lanes.ts`,
    find: '    this.blocked = 0;\n    if',
    replace: '    if',
  },
  {
    name: 'the end of an event leaves its bytes on the account',
    file: `${OUTBOUND}/holdings.ts`,
    find: 'this.held.bytes += by * bytes;',
    replace: 'if (by > 0) this.held.bytes += bytes;',
  },
  {
    name: 'a closed outbox forgets what is being written',
    file: `${OUTBOUND}/outbox-machine.ts`,
    find: "state !== 'underWay' && state !== 'writing'",
    replace: "state !== 'underWay'",
  },
  {
    name: 'a full outbox takes one more',
    file: `${OUTBOUND}/bounds.ts`,
    find: 'this.holdings.size >= maxCount',
    replace: 'this.holdings.size > maxCount',
  },
  {
    name: 'what gives way is the newest',
    file: `${OUTBOUND}/holdings.ts`,
    find: 'for (const item of this.items.values()) {\n      if (item.state ===',
    replace: 'for (const item of [...this.items.values()].reverse()) {\n      if (item.state ===',
  },
  {
    name: 'the next outbox of a queue does not wait for the last one',
    file: `${OUTBOUND}/handover.ts`,
    find: 'const left = await this.before;',
    replace: 'const left = await Promise.resolve(NOTHING);',
  },
  {
    name: 'what a closed outbox has told of is forgotten',
    file: `${OUTBOUND}/backlog.ts`,
    find: 'return { ids: [...this.endedRows.keys()], names: [...this.revoked] };',
    replace: 'return { ids: [], names: [] };',
  },
  {
    name: 'an old page ends a search that began after it',
    file: `${OUTBOUND}/backlog.ts`,
    find: '    if (this.isStale) return [];\n',
    replace: '',
    also: [
      {
        file: `${OUTBOUND}/backlog.ts`,
        find: 'if (!this.isStale) this.cursor',
        replace: 'this.cursor',
      },
    ],
    test: 'test/unit/delivery/outbound/backlog.test.ts',
  },
  {
    name: 'an event that waits for the former broker of its node goes to the present one too',
    fault: '17',
    file: `${OUTBOUND}/elsewhere.ts`,
    find: 'if (!free.includes(name)) kept.add(name);',
    replace: 'if (free.includes(name)) kept.add(name);',
  },
  {
    name: 'those behind an event that is asked about overtake it',
    file: `${OUTBOUND}/elsewhere.ts`,
    find: 'return this.isAsking || this.places.length > 0 ||',
    replace: 'return this.places.length > 0 ||',
    test: 'test/unit/delivery/outbound/elsewhere.test.ts',
  },
];
