import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import net from 'node:net';

/** What the scenarios talk to: HTTP under `base`, MQTT and TCP by ports in the environment, where flows find them. */
export interface Servers {
  base: string;
  /** Resolves when the flows' MQTT and TCP clients have connected. */
  connected: Promise<unknown>;
  close(): void;
}

export async function startServers(): Promise<Servers> {
  const web = createServer((incoming, answer) => {
    if (incoming.url === '/cut') incoming.socket.destroy();
    else answer.writeHead(incoming.url === '/broken' ? 500 : 200).end('text');
  });
  const { Aedes } = await import('aedes');
  const broker = await Aedes.createBroker();
  const mqtt = net.createServer((socket) => void broker.handle(socket));
  const echo = net.createServer((socket) => socket.pipe(socket).on('error', () => socket.destroy()));
  const connected = Promise.all([once(broker, 'clientReady'), once(echo, 'connection')]);
  const [webPort, mqttPort, tcpPort] = await Promise.all([listening(web), listening(mqtt), listening(echo)]);
  process.env['GRIDWIRE_TEST_MQTT'] = String(mqttPort);
  process.env['GRIDWIRE_TEST_TCP'] = String(tcpPort);
  return {
    base: `http://127.0.0.1:${webPort}`,
    connected,
    close: () => {
      broker.close();
      for (const server of [web, mqtt, echo]) server.close();
      web.closeAllConnections();
    },
  };
}

async function listening(server: Server | net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}
