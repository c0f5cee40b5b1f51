import { api } from '../red.js';

/** What the admin routes of a store answer (`nodes/store`). */
export interface LetterSummary {
  id: number;
  topic: string;
  bytes: number;
  code: string;
  reason: string;
  failedAt: number;
  state: LetterState;
  attempts: number;
}

export type LetterState = 'waiting' | 'recovering' | 'recovered' | 'discarded';

/** A deployed node through which letters can go back. */
export interface Way {
  id: string;
  type: string;
  name?: string;
  broker: string;
  contract?: string;
}

export interface LetterPage {
  letters: LetterSummary[];
  more: boolean;
  total: number;
  codes: Record<string, number>;
  ways: Way[];
}

export interface Letter extends LetterSummary {
  contract?: string;
  type?: string;
  fault: string;
  key?: string;
  qos: number;
  retain: boolean;
  headers: { name: string; value: string; encoding: 'text' | 'hex' }[];
  truncated: boolean;
  /** Absent when the bytes are no text. */
  text?: string;
  hex: string;
  lastError?: string;
  recoveredAt?: number;
  history: { at: number; actor: string; action: string }[];
}

export interface Filter {
  topicFilter?: string;
  code?: string;
  state?: string;
  from?: number;
  /** Words of topic or reason. */
  text?: string;
  /** Exactly this reason. */
  reason?: string;
}

/** Letters named one by one, or all that a filter selects. */
export type Which = { ids: number[] } | { filter: Filter };

/** Letters that failed alike. */
export interface LetterGroup {
  code: string;
  topic: string;
  reason: string;
  count: number;
}

/** What is to be done to a letter's body: nothing, an edit by hand, or an expression. */
export interface Change {
  edited?: { encoding: 'text' | 'hex'; content: string };
  patch?: string;
}

export interface Outcome {
  recovered: number;
  failed: number;
  poison: number;
  expired: number;
  commands: number;
  lastError?: string;
}

/** What a repair of many letters would do. */
export interface RepairPreview {
  total: number;
  tried: number;
  wouldPass: number;
  problems: { reason: string; count: number }[];
  first: { id: number; topic: string; before: Shown; after?: Shown; problem?: string }[];
}

export type Shown = { text: string } | { hex: string };

export interface RepairState extends Partial<Outcome> {
  state: 'none' | 'running' | 'done' | 'cancelled' | 'failed';
}

export interface Queue {
  queue: string;
  count: number;
  bytes: number;
  oldestAt: number;
  owner?: { type: string; name: string };
  /** Of what has no node: those that can send it, to the broker that it is meant for. */
  senders?: { id: string; type: string; name: string }[];
}

export interface QueuedMessage {
  id: number | string;
  topic: string;
  bytes: number;
  since: number;
  attempts?: number;
  reason?: string;
}

export type QueueKind = 'outbox' | 'parked';

export interface AuditEntry {
  at: number;
  actor: string;
  action: string;
  details: object;
}

/** So that a request stays below what Node-RED takes. */
const IMPORTED_AT_ONCE = 50;

function queryOf(asked: Record<string, string | number | undefined>): string {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** The routes of one deployed store. */
export class StoreApi {
  private readonly root: string;

  constructor(readonly id: string) {
    this.root = `gridwire/stores/${encodeURIComponent(id)}`;
  }

  letters(filter: Filter, before?: number): Promise<LetterPage> {
    return api('GET', `${this.root}/letters?${queryOf({ ...filter, before })}`);
  }

  async groups(filter: Filter): Promise<LetterGroup[]> {
    return (
      await api<{ groups: LetterGroup[] }>('GET', `${this.root}/letter-groups?${queryOf({ ...filter })}`)
    ).groups;
  }

  /** All letters of a list, one JSON object a line, to the byte. */
  async exportLetters(filter: Filter): Promise<string> {
    const lines: string[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page: { letters: object[]; after?: number } = await api(
        'GET',
        `${this.root}/letter-file?${queryOf({ ...filter, after })}`,
      );
      lines.push(...page.letters.map((letter) => JSON.stringify(letter)));
      after = page.after;
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  /** Takes such a file in, part by part. @returns how many letters it was */
  async importLetters(content: string): Promise<number> {
    const letters = content
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as object);
    let imported = 0;
    for (let index = 0; index < letters.length; index += IMPORTED_AT_ONCE) {
      const part = letters.slice(index, index + IMPORTED_AT_ONCE);
      imported += (await api<{ imported: number }>('POST', `${this.root}/letter-file`, { letters: part }))
        .imported;
    }
    return imported;
  }

  letterCounts(): Promise<{ total: number; codes: Record<string, number> }> {
    return api('GET', `${this.root}/letter-counts`);
  }

  letter(id: number): Promise<Letter> {
    return api('GET', `${this.root}/letters/${id}`);
  }

  discard(which: Which): Promise<{ discarded: number }> {
    return api('POST', `${this.root}/letters/discard`, which);
  }

  /** What would be sent. */
  try(id: number, through: string, change: Change): Promise<{ text?: string; hex?: string }> {
    return api('POST', `${this.root}/letters/${id}/try`, { through, ...change });
  }

  /** @param commands command types that may be sent again */
  republish(id: number, through: string, change: Change, commands: string[]): Promise<Outcome> {
    return api('POST', `${this.root}/letters/${id}/republish`, { through, commands, ...change });
  }

  /** Takes back what was given up within the last day. */
  undiscard(ids: number[]): Promise<{ restored: number }> {
    return api('POST', `${this.root}/letters/undiscard`, { ids });
  }

  preview(through: string, which: Which, patch: string, commands: string[]): Promise<RepairPreview> {
    return api('POST', `${this.root}/repair/preview`, { through, ...which, patch, commands });
  }

  repair(through: string, which: Which, patch: string, commands: string[]): Promise<RepairState> {
    return api('POST', `${this.root}/repair`, { through, ...which, patch, commands });
  }

  repairState(): Promise<RepairState> {
    return api('GET', `${this.root}/repair`);
  }

  cancelRepair(): Promise<RepairState> {
    return api('POST', `${this.root}/repair/cancel`, {});
  }

  queues(): Promise<Record<QueueKind, Queue[]>> {
    return api('GET', `${this.root}/queues`);
  }

  async queued(kind: QueueKind, queue: string): Promise<QueuedMessage[]> {
    const { messages } = await api<{ messages: QueuedMessage[] }>('GET', this.queueUrl(kind, queue));
    return messages;
  }

  discardQueued(
    kind: QueueKind,
    queue: string,
    which: { ids: (number | string)[] } | { all: true },
  ): Promise<{ discarded: number }> {
    return api('POST', `${this.queueUrl(kind, queue)}/discard`, which);
  }

  /** Lets a deployed node send what has none. */
  sendThrough(queue: string, through: string): Promise<{ moved: number }> {
    return api('POST', `${this.queueUrl('outbox', queue)}/send`, { through });
  }

  /** All messages of a queue, one JSON object a line. */
  async exportQueue(queue: string): Promise<string> {
    const lines: string[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page: { messages: object[]; after?: number } = await api(
        'GET',
        `${this.queueUrl('outbox', queue)}/export?after=${after}`,
      );
      lines.push(...page.messages.map((message) => JSON.stringify(message)));
      after = page.after;
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  async audit(): Promise<AuditEntry[]> {
    return (await api<{ entries: AuditEntry[] }>('GET', `${this.root}/audit`)).entries;
  }

  private queueUrl(kind: QueueKind, queue: string): string {
    return `${this.root}/queues/${kind}/${encodeURIComponent(queue)}`;
  }
}
