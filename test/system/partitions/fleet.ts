import mqtt, { type MqttClient } from 'mqtt';

/** Unacknowledged publishes of one connection. */
const WINDOW = 100;

/** Simulated devices, a few connections for all of them, each numbering its messages from 1. */
export class Fleet {
  /** Messages that the broker has accepted of each device. */
  readonly sent: Uint32Array;
  private next = 0;

  private constructor(
    private readonly clients: readonly MqttClient[],
    private readonly sites: number,
    readonly devices: number,
  ) {
    this.sent = new Uint32Array(devices);
  }

  /** @param connections each device stays with one of them, so that its messages keep their order */
  static async of(devices: number, sites: number, port: number, connections = 4): Promise<Fleet> {
    // Options of their own: mqtt.js writes the client id it makes up into them.
    const clients = Array.from({ length: connections }, () =>
      mqtt.connectAsync({ host: '127.0.0.1', port, protocolVersion: 4 }),
    );
    return new Fleet(await Promise.all(clients), sites, devices);
  }

  get total(): number {
    return this.sent.reduce((sum, count) => sum + count, 0);
  }

  static serial(device: number): string {
    return `D-${device}`;
  }

  static deviceOf(serial: string): number {
    return Number(serial.slice('D-'.length));
  }

  site(device: number): number {
    return (device % this.sites) + 1;
  }

  /** One device after the other sends a measurement, as fast as the broker takes them or at a rate (messages a second). */
  async send(messages: number, rate = Infinity): Promise<void> {
    const started = performance.now();
    const first = this.next;
    this.next += messages;
    await Promise.all(
      this.clients.map(async (client, own) => {
        const underWay = new Set<Promise<void>>();
        for (let index = first; index < first + messages; index += 1) {
          const device = index % this.devices;
          if (device % this.clients.length !== own) continue;
          const due = started + ((index - first) / rate) * 1000;
          if (due > performance.now())
            await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
          const publishing = this.measure(client, device).finally(() => underWay.delete(publishing));
          underWay.add(publishing);
          if (underWay.size >= WINDOW) await Promise.race(underWay);
        }
        await Promise.all(underWay);
      }),
    );
  }

  /** Publishes the device's status. @param time of the event, milliseconds */
  async status(device: number, status: string, time: number): Promise<void> {
    await this.publish(device, 'status', { status, timestamp: new Date(time).toISOString() });
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.endAsync()));
  }

  private async measure(client: MqttClient, device: number): Promise<void> {
    const number = (this.sent[device] ?? 0) + 1;
    this.sent[device] = number;
    await client.publishAsync(this.topic(device, 'telemetry'), JSON.stringify({ powerKw: number }), {
      qos: 1,
    });
  }

  private async publish(device: number, kind: string, document: object): Promise<void> {
    const client = this.clients[device % this.clients.length];
    await client?.publishAsync(this.topic(device, kind), JSON.stringify(document), { qos: 1 });
  }

  private topic(device: number, kind: string): string {
    return `sites/${this.site(device)}/devices/${Fleet.serial(device)}/${kind}`;
  }
}
