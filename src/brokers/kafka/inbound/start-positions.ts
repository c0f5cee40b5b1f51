import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { GridwireError } from '../../../errors.js';
import type { StartAt } from '../../broker.js';
import type { PartitionOffset } from './generation.js';
import type { OwnGroup } from './own-group.js';
import { formerOffsets, inheritedOffsets, placeOf, removeGroups, settleInheritance } from './predecessors.js';

/** How long a member waits for the leader of its group to have settled where a new group starts. */
const LEADER_POLLS = 50;
const LEADER_POLL_INTERVAL = 100;

export interface PositionQuery {
  group: string;
  topics: readonly string[];
  /** Where a group that has no offsets at all starts a topic. */
  from: (topic: string) => StartAt;
  /** Says which groups one without offsets goes on from; undefined for a group that has a name of its own. */
  own: OwnGroup | undefined;
  /** One member of the group decides for all, so that two which start together agree. */
  isLeader: boolean;
  /** False once the answer is of no more use. */
  isWanted: () => boolean;
}

export interface Positions {
  /** Where to read on, for every partition of the topics. */
  positions: PartitionOffset[];
  /** Those among them that the group had no offset for. They have to be committed before anything is handed over. */
  fresh: PartitionOffset[];
  /** To be called when they have been committed: takes away the groups that they come from. */
  committed: () => Promise<void>;
}

/**
 * Where a group reads on. "Latest" has to be made an offset at once: left open, a rebalance before the first commit
 * would find the end of the log again, further on, and everything between would be lost. A topic or partition without
 * an offset in a group that has others came to be while the group was there, so it is read from its beginning.
 */
export async function startPositions(admin: Admin, query: PositionQuery): Promise<Positions> {
  const { group, topics } = query;
  const at = ({ topic, partition }: PartitionOffset) => placeOf(topic, partition);
  for (let poll = 0; ; poll += 1) {
    const committed = await committedOffsets(admin, query);
    const missing = committed.filter(({ offset }) => Number(offset) < 0);
    const decide = query.isLeader || poll >= LEADER_POLLS;
    if (missing.length === 0 || !query.isWanted()) {
      return { positions: committed, fresh: [], committed: () => Promise.resolve() };
    }
    if (decide) {
      const isNew = missing.length === committed.length;
      const own = isNew ? query.own : undefined;
      const inherited = await inheritedOffsets(admin, own?.predecessors ?? [], topics);
      const isHeir = inherited.groups.length > 0;
      const former = await formerOffsets(admin, isHeir ? undefined : own?.owner, group, topics);
      const knew = (topic: string) =>
        missing.some((one) => one.topic === topic && former.offsets.has(at(one)));
      const from = (topic: string) => (isNew && !isHeir && !knew(topic) ? query.from(topic) : 'earliest');
      const fresh = await startOf(admin, missing, from, isHeir ? inherited.offsets : former.offsets);
      const known = committed.filter(({ offset }) => Number(offset) >= 0);
      return {
        positions: [...known, ...fresh],
        fresh,
        committed: () =>
          isHeir ? settleInheritance(admin, inherited.groups, fresh) : removeGroups(admin, former.groups),
      };
    }
    await delay(LEADER_POLL_INTERVAL);
  }
}

async function committedOffsets(admin: Admin, { group, topics }: PositionQuery): Promise<PartitionOffset[]> {
  const answers = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  return answers.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({ topic, partition, offset })),
  );
}

async function startOf(
  admin: Admin,
  missing: readonly PartitionOffset[],
  from: PositionQuery['from'],
  inherited: ReadonlyMap<string, bigint>,
): Promise<PartitionOffset[]> {
  const found: PartitionOffset[] = [];
  for (const topic of new Set(missing.map((one) => one.topic))) {
    const wanted = new Set(missing.filter((one) => one.topic === topic).map(({ partition }) => partition));
    const starts = await startsOf(admin, topic, from(topic));
    for (const { partition, offset } of starts) {
      if (!wanted.has(partition)) continue;
      // Below the earliest there is nothing any more.
      const before = inherited.get(placeOf(topic, partition));
      const later = before === undefined || before < BigInt(offset) ? offset : String(before);
      found.push({ topic, partition, offset: later });
    }
  }
  return found;
}

async function startsOf(
  admin: Admin,
  topic: string,
  at: StartAt,
): Promise<{ partition: number; offset: string }[]> {
  if (typeof at === 'object' && 'timestamp' in at) {
    return admin.fetchTopicOffsetsByTimestamp(topic, at.timestamp);
  }
  const ends = await admin.fetchTopicOffsets(topic);
  const given = typeof at === 'object' ? at.offsets.get(topic) : undefined;
  for (const partition of given?.keys() ?? []) {
    if (!ends.some((end) => end.partition === partition))
      throw refused(`the topic ${topic} has no partition ${partition}`);
  }
  return ends.map(({ partition, low, high }) => {
    const offset = given?.get(partition);
    if (offset === undefined) return { partition, offset: at === 'latest' ? high : low };
    if (offset < BigInt(low) || offset > BigInt(high))
      throw refused(`partition ${partition} of ${topic} holds offsets ${low} to ${high}, and not ${offset}`);
    return { partition, offset: String(offset) };
  });
}

function refused(reason: string): GridwireError {
  return new GridwireError('SUBSCRIBE_REFUSED', `Reading cannot start where it was asked to: ${reason}.`);
}
