import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Takes a connection that asks for a WebSocket at its path. Must not throw. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * The paths of a server at which Gridwire takes WebSockets. It listens once for all of them, and leaves every other path
 * to whoever else listens: Node-RED's editor and its websocket nodes do the same.
 */
export class Upgrades {
  private readonly paths = new Map<string, Upgrade>();
  private readonly onUpgrade: Upgrade = (request, socket, head) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    this.paths.get(path)?.(request, socket, head);
  };

  constructor(private readonly server: Pick<Server, 'on' | 'off'>) {}

  /** @returns gives the path up; undefined where it is taken */
  take(path: string, upgrade: Upgrade): (() => void) | undefined {
    if (this.paths.has(path)) return undefined;
    if (this.paths.size === 0) this.server.on('upgrade', this.onUpgrade);
    this.paths.set(path, upgrade);
    return () => {
      this.paths.delete(path);
      if (this.paths.size === 0) this.server.off('upgrade', this.onUpgrade);
    };
  }
}

const all = new WeakMap<object, Upgrades>();

/** One for each server. */
export function upgradesOf(server: Pick<Server, 'on' | 'off'>): Upgrades {
  let upgrades = all.get(server);
  if (upgrades === undefined) all.set(server, (upgrades = new Upgrades(server)));
  return upgrades;
}

/** Answers in place of an upgrade, and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: '403 Forbidden' | '503 Service Unavailable'): void {
  // Whoever has gone meanwhile need not be told.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
