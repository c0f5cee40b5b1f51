import { createHash } from 'node:crypto';
import { PassingMap } from '../../passing-map.js';
import type { MirrorRecord } from '../../store/mirror-store.js';
import type { IdOf } from './event-id.js';

/** Events remembered: a repetition that two mirrors of one database make is near its first. */
const REMEMBERED = 100_000;

/** Which events of a replay are the same event mirrored once more. Memory is bounded. */
export class Repetitions {
  private readonly firsts = new PassingMap<string, number>();

  constructor(private readonly idOf: IdOf) {}

  /** Whether another record with the same id came before; asked again, the answer stays the same. */
  has(record: MirrorRecord): boolean {
    const id = this.idOf(record);
    if (id === undefined) return false;
    const key = createHash('sha256').update(id).digest('base64');
    const first = this.firsts.get(key);
    if (first !== undefined) return first !== record.id;
    this.firsts.set(key, record.id);
    this.firsts.keepTo(REMEMBERED);
    return false;
  }
}
