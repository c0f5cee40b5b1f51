import type { NodeAPI } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { type Alarm, Alarms, mostSevere } from '../../src/observe/alarms/alarms.js';
import { shownAlarm } from '../../src/observe/alarms/shown-alarm.js';
import type { Severity } from '../../src/observe/conditions/condition.js';
import { SILENT } from '../../src/observe/conditions/conditions.js';
import type { Standing } from '../../src/observe/facts/standings.js';
import { Rates } from '../../src/observe/rates.js';
import { own } from '../../src/own.js';
import { BROKER_TYPE, STORE_TYPE } from '../runtime/config-types.js';
import { type AdminRequest, adminRoute } from '../runtime/admin-route.js';
import { alarmBoardOf, type AlarmSource } from '../runtime/alarm-board.js';
import type { BrokerNode } from '../runtime/broker-node.js';
import { deployedOf } from '../runtime/deployed.js';
import { processObserver } from '../runtime/observer.js';
import { called } from '../runtime/place.js';
import { shownTo, statusBoardOf } from '../runtime/status-board.js';
import type { StoreNode } from '../runtime/store-node.js';

/** So many alarms are shown; of the others it is said how many there are. */
const MOST_ALARMS = 50;

/**
 * Admin routes of the sidebar's overview: how brokers and stores are doing, and which alarms there are. What it costs to
 * find that out it costs only while somebody looks.
 */
export function registerRoutes(RED: NodeAPI): void {
  const rates = new Rates(systemClock);
  // Where no alarm node watches, somebody who looks sees the same with the bounds that such a node begins with.
  const alarms = new Alarms();
  const unwatched: AlarmSource = {
    get active() {
      return alarms.active;
    },
    acknowledge: (key, by) => alarms.acknowledge(key, by) !== undefined,
  };
  const sources = (): [string, AlarmSource][] => {
    const { all } = alarmBoardOf(RED);
    return all.size === 0 ? [['', unwatched]] : [...all];
  };

  adminRoute(RED, 'get', '/gridwire/overview', { right: 'states' }, (request, response) => {
    const looking = processObserver(RED)
      .look()
      .then(({ standings, conditions, undecided, now }) => {
        alarms.look(conditions, now, undecided);
        response.json({
          brokers: brokersOf(RED, request, standings, rates),
          stores: storesOf(RED, request, standings),
          ...alarmsOf(sources()),
        });
      });
    own(looking, ({ code, message }) => response.status(500).json({ code, message }));
  });

  adminRoute(RED, 'get', '/gridwire/overview/stores', { right: 'states' }, (_request, response) => {
    const measured = deployedOf<StoreNode>(RED, STORE_TYPE).map(async ([id, { connection }]) => {
      const store = await connection?.access();
      if (store === undefined) throw new Error('not usable');
      const [{ bytes }, outbox, parked] = await Promise.all([
        store.size(),
        store.outbox.queues(),
        store.parked.queues(),
      ]);
      return { id, bytes, outbox: sum(outbox), parked: sum(parked) };
    });
    // One that cannot be used says so in the overview.
    const all = Promise.allSettled(measured).then((results) =>
      response.json({
        stores: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
      }),
    );
    own(all, ({ code, message }) => response.status(500).json({ code, message }));
  });

  adminRoute(RED, 'post', '/gridwire/alarms/acknowledge', { right: 'repair' }, (request, response) => {
    const { of, key } = (request.body ?? {}) as { of?: unknown; key?: unknown };
    const source = sources().find(([id]) => id === of)?.[1];
    const by = request.user?.username;
    const isDone =
      typeof key === 'string' && source?.acknowledge(key, typeof by === 'string' ? by : 'somebody') === true;
    response.status(isDone ? 200 : 404).json({ acknowledged: isDone });
  });
}

function brokersOf(
  RED: NodeAPI,
  request: AdminRequest,
  standings: readonly Standing[],
  rates: Rates,
): object[] {
  return deployedOf<BrokerNode>(RED, BROKER_TYPE).map(([id, node]) => {
    const { broker } = node;
    const own = standings.filter((standing) => 'place' in standing && standing.place.brokerId === id);
    const [told] = own.filter((standing) => standing.of === 'broker');
    const outboxes = own.filter((standing) => standing.of === 'outbox');
    const inboxes = own.filter((standing) => standing.of === 'inbox');
    return {
      ...{
        id,
        name: called(node),
        kind: broker?.kind ?? '',
        state: isSilent(told) ? 'silent' : (broker?.state ?? 'unusable'),
      },
      used: told !== undefined,
      rate: rates.of(id),
      waiting: outboxes.reduce((total, { waiting, underWay }) => total + waiting + underWay, 0),
      oldest: Math.max(
        0,
        ...outboxes.map(({ waiting, underWay, oldest }) => (waiting + underWay > 0 ? oldest : 0)),
      ),
      inHand: inboxes.reduce((total, { inHand, waiting }) => total + inHand + waiting, 0),
      troubles: shownTo(request, statusBoardOf(RED).of(id)),
    };
  });
}

function storesOf(RED: NodeAPI, request: AdminRequest, standings: readonly Standing[]): object[] {
  return deployedOf<StoreNode>(RED, STORE_TYPE).map(([id, node]) => {
    const { status, openingFor } = node.connection ?? {};
    const { state = openingFor === undefined ? 'unusable' : 'opening', pending = 0 } = status ?? {};
    const troubles = shownTo(request, statusBoardOf(RED).of(id));
    const told = standings.find((standing) => standing.of === 'store' && standing.id === id);
    const shown = state === 'open' && isSilent(told) ? 'silent' : state;
    return { id, name: called(node), state: shown, pending, troubles };
  });
}

/** Connected, or open, and without an answer for so long that it is an alarm. */
function isSilent(standing: Standing | undefined): boolean {
  if (standing?.of === 'broker') return standing.connected && (standing.silent ?? 0) >= SILENT;
  return standing?.of === 'store' && (standing.silent ?? 0) >= SILENT;
}

/** Those that want somebody most, and how many more there are. */
function alarmsOf(sources: readonly [string, AlarmSource][]): object {
  const all = sources.flatMap(([id, { active }]) => active.map((alarm) => ({ ...alarm, of: id })));
  const some = mostSevere(all, MOST_ALARMS);
  const rest = (severity: Severity): number => countOf(all, severity) - countOf(some, severity);
  return {
    alarms: some.map(({ of, ...alarm }) => ({ of, ...shown(alarm) })),
    more: { critical: rest('critical'), warning: rest('warning') },
  };
}

function countOf(alarms: readonly Alarm[], severity: Severity): number {
  return alarms.filter(({ condition }) => condition.severity === severity).length;
}

/** How its subject is put together, too: whoever shows it has a language. */
function shown(alarm: Alarm): object {
  const { form } = alarm.condition;
  return { ...shownAlarm(alarm, systemClock), ...(form === undefined ? {} : { form }) };
}

function sum(queues: readonly { count: number }[]): { queues: number; count: number } {
  return { queues: queues.length, count: queues.reduce((total, { count }) => total + count, 0) };
}
