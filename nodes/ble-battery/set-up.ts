import type { NodeDef } from 'node-red';
import { MonitorBoard } from '../../src/battery/reader/monitor-board.js';
import { systemClock } from '../../src/clock.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import { reportStanding } from '../../src/observe/facts/standings.js';
import { shutdownMessage } from '../messages/battery-messages.js';
import { batteryBoardsOf } from '../runtime/battery-board.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { holdHub } from './adapters.js';
import { adapterSetting, deviceSettings, LINK_USES, MODES } from './ble-settings.js';
import { BleStatus } from './ble-status.js';
import { MODE_BEHAVIOURS } from './modes.js';
import { called, placeOf } from '../runtime/place.js';
import { onShutdown } from '../runtime/shutdown.js';

/** The modes in which monitors are read. */
const READS: readonly string[] = ['live', 'poll'];

interface BleBatteryConfig extends NodeDef {
  adapter: string;
  hciDevice: string | number;
  serialPort: string;
  baudRate: string | number;
  capture: string;
  mode: string;
  linkUse: string;
  devices: unknown;
  maximumLinks: string | number;
  historyLimit: string | number;
  /** Flows of older versions have none. */
  statusAfterReading?: boolean;
}

export function setUp({
  RED,
  node,
  config,
  settings,
  status: line,
  repeats,
}: NodeTools<BleBatteryConfig>): NodeBehaviour {
  const choice = adapterSetting(settings);
  const mode = settings.choice('mode', MODES, 'live');
  const use = settings.choice('linkUse', LINK_USES, 'hold');
  const devices = deviceSettings(settings, config.devices);
  const maximumLinks = settings.integer('maximumLinks', { minimum: 1, maximum: 10, otherwise: 3 });
  const historyLimit = settings.integer('historyLimit', {
    minimum: 1,
    maximum: 65_535,
    otherwise: 65_535,
  });
  const statusAfterReading = settings.flag('statusAfterReading', false);
  settings.finish();

  const status = new BleStatus(line, devices.length);
  const board = new MonitorBoard(devices, systemClock);

  const place = placeOf(node);
  const isRead = READS.includes(mode);
  if (isRead) batteryBoardsOf(RED).set(node.id, { name: called(node), board });
  const unreport = isRead ? reportStanding(() => ({ of: 'monitors', place, ...board.summary })) : undefined;
  const stop = new AbortController();
  const held = holdHub(choice, maximumLinks);
  const running = held.then(({ hub }) => {
    if (stop.signal.aborted) return undefined;
    const onState = (): void => {
      status.adapter(hub, hub.problem);
      if (hub.problem) repeats.goesOn('adapter', hub.problem.message);
      else if (hub.state === 'ready') repeats.over('adapter');
    };
    onState();
    hub.on('state', onState);
    stop.signal.addEventListener('abort', () => hub.off('state', onState));
    return MODE_BEHAVIOURS[mode]({
      ...{ node, hub, status, board, devices, use, historyLimit, statusAfterReading },
      signal: stop.signal,
    });
  });
  running.catch((thrown: unknown) => {
    const error = toGridwireError(thrown);
    status.failed(error);
    node.error(error.message);
  });

  const endWatch =
    mode === 'live' ? onShutdown(RED, () => node.send([null, null, shutdownMessage()])) : undefined;

  return {
    onInput: async (message, send) => {
      const behaviour = await running;
      if (behaviour?.onInput) return behaviour.onInput(message, send);
      throw new GridwireError(
        'NOT_SUPPORTED',
        'This battery monitor reads by itself. To read on input, choose that mode in its panel.',
      );
    },
    onClose: async () => {
      endWatch?.();
      unreport?.();
      // One that closes late does not take away its successor's.
      if (batteryBoardsOf(RED).get(node.id)?.board === board) batteryBoardsOf(RED).delete(node.id);
      stop.abort();
      const behaviour = await running.catch(() => undefined);
      await behaviour?.stop();
      await (await held.catch(() => undefined))?.release();
    },
  };
}
