import type { NodeDef } from 'node-red';
import type * as Ws from 'ws';
import { toJson } from '../../src/contracts/json/json-value.js';
import { GridwireError } from '../../src/errors.js';
import type { Json } from '../../src/event.js';
import { facts } from '../../src/observe/facts/facts.js';
import { reportStanding } from '../../src/observe/facts/standings.js';
import { once } from '../../src/once.js';
import { Streamed } from '../../src/stream/streamed.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { type GridwireMessage, topicOf } from '../runtime/messages.js';
import { placeOf } from '../runtime/place.js';
import { Guest } from './guest.js';
import { streamSettings } from './stream-settings.js';
import { refuseUpgrade, upgradesOf } from './upgrades.js';

export interface StreamConfig extends NodeDef {
  /** Below the root of Node-RED's own http nodes. */
  path: string;
  /** `login`: whoever may see payloads in the editor; `token`: who knows the token of the credentials. */
  access: string;
  /** Origins of pages that may connect beside Node-RED's own, separated by commas. */
  origins: string;
  /** KiB that may wait for a slow client. */
  bufferKib: string | number;
  /** Most clients at a time. */
  clients: string | number;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when a stream is opened, and at once
const webSockets = once(() => require('ws') as typeof Ws);

/** Bytes of what a client may say at once. */
const MOST_SAID = 65_536;
/** WebSocket's close code for a server that goes away. */
const GOING_AWAY = 1001;

export function setUp({ RED, node, settings, status }: NodeTools<StreamConfig>): NodeBehaviour {
  const { path, door, room, clients } = streamSettings(RED, settings);
  const place = placeOf(node);
  const guests = new Set<Guest>();
  const { WebSocketServer } = webSockets();
  const server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MOST_SAID },
    // What whoever runs this Node-RED has decided for its websocket nodes holds for this one too.
    verifyClient: RED.settings.webSocketNodeVerifyClient as never,
  });
  let missed = 0;
  const inside = (): number => [...guests].filter(({ isInside }) => isInside).length;
  const show = (): void => status.show('streaming', { count: inside() });
  const giveUp = upgradesOf(RED.server).take(path, (request, socket, head) => {
    if (!door.opensTo(request)) refuseUpgrade(socket, '403 Forbidden');
    else if (guests.size >= clients) refuseUpgrade(socket, '503 Service Unavailable');
    else
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const guest: Guest = new Guest(webSocket, request.headers, door, room, show);
        guests.add(guest);
        webSocket.once('close', () => guests.delete(guest));
      });
  });
  if (giveUp === undefined) settings.fault('path', `another stream has ${path} already.`);
  try {
    settings.finish();
  } catch (thrown) {
    giveUp?.();
    throw thrown;
  }

  show();
  const unreport = reportStanding(() => ({ of: 'stream', place, clients: inside() }));
  const forget = (): void => void (missed = 0);
  return {
    onInput(message: GridwireMessage) {
      const event = streamed(message);
      const count = [...guests].filter((guest) => guest.offer(event)).length;
      if (count === 0) return;
      missed += count;
      if (facts.missed.isHeard) facts.missed.tell({ place, count });
      status.happened('missed', 'stream-missed', { count: missed }, forget);
    },
    onClose() {
      unreport();
      giveUp?.();
      for (const guest of guests) guest.close(GOING_AWAY, 'the stream was closed');
      server.close();
    },
  };
}

/** The document as it came, where the message stands for an event; else its payload. */
function streamed(message: GridwireMessage): Streamed {
  const topic = topicOf(message) ?? '';
  const { event } = message;
  if (event !== undefined) return new Streamed(topic, kindOf(event.envelope) ?? event.type, event.envelope);
  if (message.payload === undefined)
    throw new GridwireError('BODY_NOT_JSON', 'The message has neither an event nor a payload to stream.');
  const document = toJson(message.payload);
  return new Streamed(topic, kindOf(document) ?? '', document);
}

/** As TaylorDash's envelope names it. */
function kindOf(document: Json): string | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  const { kind } = document;
  return typeof kind === 'string' ? kind : undefined;
}
