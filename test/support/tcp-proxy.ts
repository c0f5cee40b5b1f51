import { once } from 'node:events';
import net from 'node:net';

/** A TCP proxy that can misbehave as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** Bytes that went from the target to the clients. */
  readonly received: number;
  readonly connections: number;
  /** Breaks every connection with a reset. */
  cut(): void;
  /** Passes nothing in either direction while the connections stay up. */
  stall(): void;
  resume(): void;
  /** Breaks every connection and refuses new ones until `resume`. */
  refuse(): void;
  stop(): Promise<void>;
}

export async function startTcpProxy(target: { port: number; host?: string }): Promise<TcpProxy> {
  const pairs = new Set<[net.Socket, net.Socket]>();
  let stalled = false;
  let refusing = false;
  let received = 0;
  const server = net.createServer((client) => {
    client.on('error', () => client.destroy());
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = net.connect(target.port, target.host ?? '127.0.0.1');
    const pair: [net.Socket, net.Socket] = [client, upstream];
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.on('data', (chunk) => (received += chunk.length));
    client.pipe(upstream);
    upstream.pipe(client);
    if (stalled) hold(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const hold = ([client, upstream]: [net.Socket, net.Socket]) => {
    client.unpipe(upstream).pause();
    upstream.unpipe(client).pause();
  };
  const cut = () => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  };
  return {
    port: (server.address() as net.AddressInfo).port,
    get received() {
      return received;
    },
    get connections() {
      return pairs.size;
    },
    cut,
    stall: () => {
      stalled = true;
      for (const pair of pairs) hold(pair);
    },
    resume: () => {
      refusing = false;
      if (!stalled) return;
      stalled = false;
      for (const [client, upstream] of pairs) {
        client.pipe(upstream);
        upstream.pipe(client);
      }
    },
    refuse: () => {
      refusing = true;
      cut();
    },
    stop: async () => {
      server.close();
      cut();
      if (server.listening) await once(server, 'close');
    },
  };
}
