import { setTimeout as pause } from 'node:timers/promises';
import { GridwireError } from '../../errors.js';
import { decodeFrame } from '../frames/detect.js';
import { HISTORY_REQUESTS, RECORD_INTERVAL_MS, type HistoryRecord } from '../frames/history.js';
import { HistoryPage } from '../frames/history-page.js';
import { PHYSICAL_RANGE } from '../frames/measurement.js';
import type { MonitorSession } from './session.js';

/** A stored record with the time it was taken, which is computed: records are two minutes apart and end now. */
export type HistoryEntry = HistoryRecord & { timestamp: string };

export interface History {
  /** Oldest first. */
  records: HistoryEntry[];
  /** Records left out because no battery can have had such a voltage; all-zero ones are known to happen. */
  skipped: number;
}

export interface DownloadOptions {
  /** Newest records to ask for; a BM2 always sends all it has. */
  limit: number;
  /** Called as records arrive. `total` once it is known. */
  onProgress?: (received: number, total: number | undefined) => void;
  signal: AbortSignal;
}

/** Records per request: the terminator's 16-bit length holds no more than 16,381. */
const PAGE_RECORDS = 8000;
/** Indices have 16 bits. */
const MOST_RECORDS = 65_535;
const SILENCE_MS = 10_000;
/** A BM2 ignores the download request when it follows the size too closely. */
const BM2_PAUSE_MS = 1000;
/** One empty or broken answer in a while is normal; the next request usually gets it right. */
const ATTEMPTS = 3;

/**
 * Reads the history a monitor keeps.
 * @throws GridwireError `MONITOR_UNREADABLE` when pages stay broken, `MONITOR_SILENT`, `MONITOR_LINK_LOST`
 */
export async function downloadHistory(session: MonitorSession, options: DownloadOptions): Promise<History> {
  const newestFirst =
    session.family === 'BM2'
      ? (await bm2Records(session, options)).reverse()
      : await bm6Records(session, options);
  return withTimes(newestFirst.slice(0, options.limit), Date.now());
}

function withTimes(newestFirst: HistoryRecord[], readAt: number): History {
  const [lowest, highest] = PHYSICAL_RANGE.voltage;
  const records = newestFirst
    .map((record, index) => ({
      timestamp: new Date(readAt - index * RECORD_INTERVAL_MS).toISOString(),
      ...record,
    }))
    .filter(({ voltage }) => voltage >= lowest && voltage <= highest)
    .reverse();
  return { records, skipped: newestFirst.length - records.length };
}

async function bm2Records(session: MonitorSession, options: DownloadOptions): Promise<HistoryRecord[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    await session.request('history size', HISTORY_REQUESTS.bm2Size);
    const size = await bm2Size(session);
    if (size === 0) return [];
    await pause(BM2_PAUSE_MS, undefined, { signal: options.signal });
    await session.request('history', HISTORY_REQUESTS.bm2Download(size));
    const page = await receivePage(session, (received) => options.onProgress?.(received, size / 4));
    if (page.state === 'complete') return page.records();
  }
  throw broken(session);
}

async function bm2Size(session: MonitorSession): Promise<number> {
  const deadline = performance.now() + SILENCE_MS;
  for (;;) {
    const bytes = await session.nextNotification(deadline - performance.now());
    if (bytes === undefined) throw silent(session);
    const frame = decodeFrame('BM2', bytes);
    if (frame?.kind === 'history-size') return frame.size;
  }
}

/**
 * Pages of records, newest first. Each page starts one record early: its first record is then inside what the device
 * holds (beyond that it sends raw memory), and shows whether a new record has moved all others by one meanwhile.
 */
async function bm6Records(session: MonitorSession, options: DownloadOptions): Promise<HistoryRecord[]> {
  const limit = Math.min(options.limit, MOST_RECORDS);
  let records = await bm6Page(session, 0, Math.min(PAGE_RECORDS, limit), options, 0);
  let lastPage = records;
  let asked = Math.min(PAGE_RECORDS, limit);
  while (records.length < limit && lastPage.length === asked) {
    const start = records.length - 1;
    const end = Math.min(start + PAGE_RECORDS, limit);
    lastPage = await bm6Page(session, start, end, options, start);
    asked = end - start;
    records = joinAtSeam(records, lastPage);
  }
  return records;
}

/** Drops from the next page what the records already hold: one record, or two when the device has just stored one. */
function joinAtSeam(records: HistoryRecord[], page: HistoryRecord[]): HistoryRecord[] {
  const same = (a: HistoryRecord | undefined, b: HistoryRecord | undefined): boolean =>
    JSON.stringify(a) === JSON.stringify(b);
  const moved = !same(records.at(-1), page[0]) && same(records.at(-1), page[1]);
  return records.concat(page.slice(moved ? 2 : 1));
}

async function bm6Page(
  session: MonitorSession,
  start: number,
  end: number,
  { onProgress }: DownloadOptions,
  before: number,
): Promise<HistoryRecord[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    await session.request('history', HISTORY_REQUESTS.bm6Range(start, end));
    const page = await receivePage(session, (received) => onProgress?.(before + received, undefined));
    const last = attempt === ATTEMPTS;
    if (page.state === 'complete' && (page.received > 0 || last)) return page.records();
  }
  throw broken(session);
}

async function receivePage(
  session: MonitorSession,
  onProgress: (received: number) => void,
): Promise<HistoryPage> {
  const page = new HistoryPage(session.family);
  let reported = 0;
  let lastRecordAt = performance.now();
  while (page.state === 'open') {
    const bytes = await session.nextNotification(lastRecordAt + SILENCE_MS - performance.now());
    if (bytes === undefined) throw silent(session);
    page.add(bytes);
    if (page.received === reported) continue;
    reported = page.received;
    lastRecordAt = performance.now();
    onProgress(reported);
  }
  return page;
}

function silent(session: MonitorSession): GridwireError {
  const { address } = session.link;
  return new GridwireError(
    'MONITOR_SILENT',
    `${address} stopped answering while its history was read. Try again closer to the device.`,
    { details: { address } },
  );
}

function broken(session: MonitorSession): GridwireError {
  const { address } = session.link;
  return new GridwireError(
    'MONITOR_UNREADABLE',
    `The history of ${address} arrived incomplete ${ATTEMPTS} times. Its notifications need a link with an MTU of 163 or more; use another Bluetooth adapter if this one cannot.`,
    { details: { address } },
  );
}
