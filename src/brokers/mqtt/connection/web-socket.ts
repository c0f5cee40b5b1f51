import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';

/** Bytes of one frame at least; a broker may put several packets into one. */
const FRAME = 16 * 1_048_576;

export interface WebSocketAddress {
  host: string;
  port: number;
  /** With its query, as it stands in the address. */
  path: string;
  tls: boolean | ConnectionOptions;
}

/**
 * MQTT over a WebSocket (MQTT 5, chapter 6), as a stream of bytes.
 * @param largest packet that is taken, bytes
 * @param patience until a server that does not answer counts as away, milliseconds
 * @param opened told the socket below it when the server has agreed
 */
export function openWebSocket(
  { host, port, path, tls }: WebSocketAddress,
  largest: number,
  patience: number,
  opened: (socket: Duplex) => void,
): Duplex {
  const address = `${tls === false ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  const socket = new WebSocket(address, ['mqtt'], {
    ...(typeof tls === 'object' ? tls : {}),
    perMessageDeflate: false,
    handshakeTimeout: patience,
    followRedirects: false,
    maxPayload: Math.max(FRAME, 2 * largest),
  });
  socket.once('upgrade', (response) => opened(response.socket));
  return createWebSocketStream(socket);
}
