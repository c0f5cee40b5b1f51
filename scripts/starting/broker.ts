import { once } from 'node:events';
import net from 'node:net';
import mqtt from 'mqtt';
import { answers } from '../services/service.js';

/** The MQTT broker the quick-start flow talks to. */
export interface StartBroker {
  readonly port: number;
  readonly description: string;
  stop(): Promise<void>;
}

/**
 * The broker that already listens on the loopback port, or an embedded one started there.
 * @throws Error with the remedy if something else holds the port
 */
export async function findOrEmbedBroker(port: number): Promise<StartBroker> {
  if (await answers('127.0.0.1', port)) {
    await assertSpeaksMqtt(port);
    return { port, description: 'already running, used as it is', stop: () => Promise.resolve() };
  }
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  const server = net.createServer((socket) => {
    aedes.handle(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    description: 'embedded, ends with this process',
    stop: () =>
      new Promise((resolve) => {
        aedes.close(() => server.close(() => resolve()));
      }),
  };
}

async function assertSpeaksMqtt(port: number): Promise<void> {
  const url = `mqtt://127.0.0.1:${port}`;
  try {
    const client = await mqtt.connectAsync(url, { connectTimeout: 3000, reconnectPeriod: 0 }, false);
    await client.endAsync(true);
  } catch (error) {
    throw new Error(
      `Port ${port} is taken, and what listens there did not accept an MQTT connection without a password ` +
        `(${error instanceof Error ? error.message : String(error)}). Stop it, or choose another port: ` +
        `GRIDWIRE_MQTT_PORT=${port + 1} npm start`,
      { cause: error },
    );
  }
}
