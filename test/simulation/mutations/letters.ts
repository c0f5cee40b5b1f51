import type { Mutation } from '../../../scripts/mutating/mutation.js';

const RECOVERY = 'src/delivery/history/recovery.ts';
const TEST = 'test/unit/delivery/history/recovery.test.ts';

export const mutations: Mutation[] = [
  {
    name: 'a repair takes up the letters that come of it',
    fault: '29',
    file: RECOVERY,
    find: 'upTo: newest?.id ?? 0 };',
    replace: 'upTo: Number.MAX_SAFE_INTEGER };',
    test: TEST,
  },
  {
    name: 'a repair sends what has expired',
    fault: '6',
    file: RECOVERY,
    find: "if (message.expiresAt !== undefined && message.expiresAt <= now()) return 'expired';",
    replace: '',
    test: TEST,
  },
  {
    name: 'a repair sends commands that were not named',
    fault: '6',
    file: RECOVERY,
    find: "return isCommand(event) && !commands.includes(type ?? message.topic) ? 'commands' : undefined;",
    replace: 'return undefined;',
    test: TEST,
  },
];
