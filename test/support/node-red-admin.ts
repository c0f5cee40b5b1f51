/** A node as it stands in a flow file. */
export interface FlowNode {
  id: string;
  type: string;
  [setting: string]: unknown;
}

/** The part of Node-RED's admin API that tests and benchmarks use. */
export class NodeRedAdmin {
  constructor(private readonly url: string) {}

  /**
   * Replaces the flows; the promise resolves when Node-RED has accepted them, shortly before they have started.
   * @param type `full` restarts everything, `nodes` only what changed
   */
  async deploy(
    flows: readonly FlowNode[],
    type: 'full' | 'nodes' | 'flows' | 'reload' = 'full',
  ): Promise<void> {
    await this.request('flows', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': type },
      body: JSON.stringify(flows),
    });
  }

  async flows(): Promise<FlowNode[]> {
    return (await (await this.request('flows')).json()) as FlowNode[];
  }

  /** Presses an inject node's button. */
  async inject(id: string): Promise<void> {
    await this.request(`inject/${encodeURIComponent(id)}`, { method: 'POST' });
  }

  /** The node sets Node-RED knows, with the error of those that did not load. */
  async nodeSets(): Promise<{ id: string; types: string[]; module: string; err?: string }[]> {
    const response = await this.request('nodes', { headers: { accept: 'application/json' } });
    return (await response.json()) as { id: string; types: string[]; module: string; err?: string }[];
  }

  /** @throws Error with Node-RED's answer if the status is not 2xx */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.url), init);
    if (!response.ok) {
      throw new Error(`${init.method ?? 'GET'} /${path}: ${response.status} ${await response.text()}`);
    }
    return response;
  }
}
