import type { Admin } from 'kafkajs';
import type { PartitionOffset } from './generation.js';

/**
 * Where the groups of an earlier version had got to. They were numbered by the order of the calls, so it is not known
 * which of them was whose: the furthest back counts for every partition, which repeats some messages and loses none.
 * @returns empty if there is no such group
 */
export async function inheritedOffsets(
  admin: Admin,
  predecessors: readonly string[],
  topics: readonly string[],
): Promise<{ offsets: Map<string, bigint>; groups: string[] }> {
  const offsets = new Map<string, bigint>();
  const groups: string[] = [];
  for (const groupId of predecessors) {
    const answers = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const committed = answers.flatMap(({ topic, partitions }) =>
      partitions.flatMap(({ partition, offset }) =>
        Number(offset) < 0 ? [] : [{ place: placeOf(topic, partition), offset: BigInt(offset) }],
      ),
    );
    if (committed.length > 0) groups.push(groupId);
    for (const { place, offset } of committed) {
      const before = offsets.get(place);
      if (before === undefined || offset < before) offsets.set(place, offset);
    }
  }
  return { offsets, groups };
}

/**
 * Where a subscriber had got to with other filters. It was one subscriber all the time, so what it has settled in any of its
 * groups is done, also in one that it has just left, or that a process which is not up to date yet still reads.
 * @param owner how its groups begin
 * @param group its present one
 * @returns empty if there is no such group, or it may not be asked for
 */
export async function formerOffsets(
  admin: Admin,
  owner: string | undefined,
  group: string,
  topics: readonly string[],
): Promise<{ offsets: Map<string, bigint>; groups: string[] }> {
  const offsets = new Map<string, bigint>();
  const all = owner === undefined ? [] : (await admin.listGroups()).groups.map(({ groupId }) => groupId);
  const former = all.filter((name) => name.startsWith(owner as string) && name !== group);
  const groups: string[] = [];
  for (const groupId of former) {
    const answers = await offsetsIfAllowed(admin, groupId, topics);
    if (answers === undefined) continue;
    groups.push(groupId);
    for (const { topic, partitions } of answers)
      for (const { partition, offset } of partitions) {
        const before = offsets.get(placeOf(topic, partition));
        if (Number(offset) >= 0 && (before === undefined || BigInt(offset) > before))
          offsets.set(placeOf(topic, partition), BigInt(offset));
      }
  }
  return { offsets, groups };
}

/** @returns undefined where this client may not ask */
async function offsetsIfAllowed(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Awaited<ReturnType<Admin['fetchOffsets']>> | undefined> {
  try {
    return await admin.fetchOffsets({ groupId, topics: [...topics] });
  } catch (error) {
    if (/_AUTHORIZATION_FAILED$/.test(String((error as { type?: unknown }).type))) return undefined;
    throw error;
  }
}

/**
 * What they said is kept elsewhere now. Kafka keeps one that somebody reads; a cluster that does not allow it keeps all, until
 * their offsets expire.
 */
export async function removeGroups(admin: Admin, groups: readonly string[]): Promise<void> {
  if (groups.length > 0) await admin.deleteGroups([...groups]).catch(() => undefined);
}

/**
 * One heir was found, so one group may go; those that remain keep the furthest back for the heirs still to come. A
 * cluster that does not allow it keeps them, until their offsets expire.
 */
export async function settleInheritance(
  admin: Admin,
  groups: readonly string[],
  positions: readonly PartitionOffset[],
): Promise<void> {
  const [first, ...others] = groups;
  if (first === undefined) return;
  try {
    for (const topic of new Set(positions.map((position) => position.topic))) {
      const partitions = positions.filter((position) => position.topic === topic);
      if (others.length > 0) await admin.setOffsets({ groupId: first, topic, partitions });
    }
    await admin.deleteGroups([others.at(-1) ?? first]);
  } catch {
    // What is left behind is read by nobody.
  }
}

export function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
