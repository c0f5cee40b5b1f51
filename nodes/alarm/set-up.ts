import type { NodeDef, NodeMessage } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { type Alarm, type AlarmChange, Alarms } from '../../src/observe/alarms/alarms.js';
import { shownAlarm } from '../../src/observe/alarms/shown-alarm.js';
import { GridwireError } from '../../src/errors.js';
import { own } from '../../src/own.js';
import { reportStanding } from '../../src/observe/facts/standings.js';
import { alarmBoardOf, type AlarmSource } from '../runtime/alarm-board.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { isInFlowFile } from '../runtime/deployed.js';
import { deploymentOf } from '../runtime/deployment.js';
import { derivedMessage } from '../runtime/messages.js';
import { processObserver } from '../runtime/observer.js';
import { called } from '../runtime/place.js';
import { alarmSettings } from './alarm-settings.js';
import { ShownAlarms } from './shown-alarms.js';

/** How often it is looked, milliseconds. */
const EVERY = 1_000;
/** While a deploy has taken everything apart nothing is told; one that does not end must not hide what is wrong, milliseconds. */
const LONGEST_DEPLOY = 60_000;

/** What a message asks for. */
interface AlarmMessage extends NodeMessage {
  /** The key of an alarm that somebody knows of. */
  acknowledge?: unknown;
  /** Who that is. */
  by?: unknown;
}

export function setUp({ RED, node, settings, status, repeats }: NodeTools<NodeDef>): NodeBehaviour {
  const { bounds, rules, wanted } = alarmSettings(settings);
  const topic = settings.text('topic', 'gridwire/alarms');
  settings.finish();

  const board = alarmBoardOf(RED);
  const alarms = new Alarms(rules, board.taken(node.id));
  const shown = new ShownAlarms(RED, status);
  const show = (): void => shown.show(alarms.active);
  const tell = (changes: readonly AlarmChange[]): void => {
    for (const change of changes) node.send(alarmMessage(topic, change));
    if (changes.length > 0) show();
  };
  const deployment = deploymentOf(RED);
  const onDeployed = (): void => undefined; // The next look comes soon enough.
  deployment.enter(onDeployed);
  let lookedAt = systemClock.now();
  const look = async (): Promise<void> => {
    const { conditions, undecided, now } = await processObserver(RED).look(bounds);
    if (!deployment.isOver && now - lookedAt < LONGEST_DEPLOY) {
      alarms.rest();
      return;
    }
    lookedAt = now;
    status.clear('look');
    repeats.over('look');
    tell(
      alarms.look(
        conditions.filter(({ name }) => wanted.has(name)),
        now,
        undecided,
      ),
    );
  };
  const source: AlarmSource = {
    get active() {
      return alarms.active;
    },
    acknowledge(key, by) {
      const change = alarms.acknowledge(key, by);
      if (change !== undefined) tell([change]);
      return change !== undefined;
    },
  };
  board.add(node.id, source);
  const unreport = reportStanding(() => {
    const { active } = alarms;
    const critical = active.filter(({ condition }) => condition.severity === 'critical').length;
    return { of: 'alarms', node: called(node), critical, warning: active.length - critical };
  });
  const blind = (error: GridwireError): void => {
    status.set('look', 'error', {}, error);
    repeats.goesOn('look', error.message);
  };
  const timer = setInterval(() => own(look(), blind), EVERY);
  show();
  return {
    onInput(message: AlarmMessage, send) {
      if (message.acknowledge === undefined) {
        send(derivedMessage(message, { payload: alarms.active.map(alarmDocument) }));
        return;
      }
      const key = typeof message.acknowledge === 'string' ? message.acknowledge : '';
      const change = alarms.acknowledge(key, nameOf(message.by));
      if (change === undefined) throw unknownAlarm(key, alarms.active);
      tell([change]);
    },
    onClose(removed) {
      clearInterval(timer);
      deployment.leave(onDeployed);
      board.remove(node.id, source);
      if (!removed || isInFlowFile(RED, node)) board.leave(node.id, alarms);
      unreport();
    },
  };
}

function alarmMessage(topic: string, { alarm, change }: AlarmChange): NodeMessage {
  return { topic, payload: { change, ...alarmDocument(alarm) } };
}

function alarmDocument(alarm: Alarm): object {
  const shown = shownAlarm(alarm, systemClock);
  return { ...shown, since: new Date(shown.since).toISOString() };
}

function nameOf(by: unknown): string {
  return typeof by === 'string' && by !== '' ? by : 'somebody';
}

function unknownAlarm(key: string, active: readonly Alarm[]): GridwireError {
  const open = active.filter(({ state }) => state === 'active').map((alarm) => alarm.key);
  const which = open.length === 0 ? 'none is' : `active are: ${open.slice(0, 10).join(', ')}`;
  return new GridwireError('SETTING_INVALID', `The alarm "${key}" is not active; ${which}.`);
}
