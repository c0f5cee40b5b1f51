import type { IClientSubscribeOptions, MqttClient } from 'mqtt';
import { GridwireError } from '../../../errors.js';
import type { ResolvedMqttSettings } from '../connection/mqtt-settings.js';
import type { FilterEntry } from './filter-table.js';

/** What is asked of the broker about its subscriptions, and how its answers are read. */
export class Asking {
  constructor(
    private readonly settings: Pick<ResolvedMqttSettings, 'protocolVersion' | 'connectTimeout'>,
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  /**
   * One packet per filter, so that a refusal concerns one. Resolves also when the connection ends meanwhile, because the
   * next one asks again, and when no answer can be read because the socket is held; a refusal that comes later is told.
   * @throws GridwireError `SUBSCRIBE_REFUSED`
   */
  subscribe(client: MqttClient, entry: FilterEntry, wantsRetained: boolean): Promise<void> {
    const options: IClientSubscribeOptions = { qos: entry.qos };
    if (this.settings.protocolVersion === 5) {
      options.properties = { subscriptionIdentifier: entry.id };
      options.rh = wantsRetained ? 0 : 2;
    }
    return new Promise((resolve, reject) => {
      let isLate = false;
      const late = setTimeout(() => {
        isLate = true;
        resolve();
      }, this.settings.connectTimeout);
      client.subscribe(entry.filter, options, (error, granted) => {
        clearTimeout(late);
        const code =
          (error as { packet?: { granted?: number[] } } | null)?.packet?.granted?.[0] ?? granted?.[0]?.qos;
        if (code !== undefined && code >= 0x80) {
          const refusal = refused(entry.filter, code, error);
          if (isLate) this.#refusedLate(entry, refusal);
          else reject(refusal);
          return;
        }
        if (!error) entry.granted = true;
        resolve();
      });
    });
  }

  /** Nobody wants these any more. Resolves when the broker has said so, or after the time that it has for an answer. */
  unsubscribe(client: MqttClient | undefined, filters: string[]): Promise<void> {
    if (client === undefined || filters.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(resolve, this.settings.connectTimeout);
      client.unsubscribe(filters, () => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  #refusedLate(entry: FilterEntry, refusal: GridwireError): void {
    entry.granted = false;
    this.tell(refusal);
    for (const route of entry.routes) route.problem(refusal);
  }
}

function refused(filter: string, code: number, cause: unknown): GridwireError {
  const text = `The broker refused the subscription to ${filter} (reason code ${code}); check its access rules.`;
  // MQTT 3.1.1 has one code for every refusal, and rights are what brokers refuse for.
  const why = code === 0x80 || code === 0x87 ? 'not-allowed' : undefined;
  return new GridwireError('SUBSCRIBE_REFUSED', text, { cause, details: { filter, code }, why });
}
