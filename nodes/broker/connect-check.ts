import type { Node, NodeAPI } from 'node-red';
import type { Broker } from '../../src/brokers/broker.js';
import type { Subject } from '../../src/brokers/broker-check.js';

/** Told elsewhere: by the watch over dropped messages, and by the setting that was chosen. */
const TOLD_ELSEWHERE = new Set<Subject>(['drops', 'drops-lately', 'memory', 'protocol']);

/** Logs what would lose messages when its broker is connected, each line once until the next deploy. */
export class ConnectCheck {
  private readonly told = new Set<string>();

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly broker: Broker,
  ) {}

  async connected(): Promise<void> {
    for (const { subject, judgement, values } of await this.broker.check()) {
      if (judgement !== 'risk' || TOLD_ELSEWHERE.has(subject)) continue;
      const text = this.RED._(`gridwire-broker.check.${subject}.risk`, values);
      if (this.told.has(text)) continue;
      this.told.add(text);
      this.node.log(text);
    }
  }
}
