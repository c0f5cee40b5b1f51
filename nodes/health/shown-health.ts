import type { NodeAPI } from 'node-red';
import type { Broker, BrokerState } from '../../src/brokers/broker.js';
import type { GridwireError } from '../../src/errors.js';
import type { HealthReport } from '../../src/observe/health/report.js';
import type { Repeats } from '../../src/repeats.js';
import { conditionWords } from '../../src/observe/conditions/condition-words.js';
import type { StatusLine } from '../runtime/status.js';

/** The part of the status that is what the last check found. */
const FOUND = 'found';
/** The part that says that no check could be made. */
const BLIND = 'blind';

/** Gives the node's status what it found, as long as that is so: between two checks it sees its broker come and go. */
export class ShownHealth {
  private readonly onState = (_state: BrokerState, error?: GridwireError): void => {
    this.status.connection(this.broker, error);
    // It was found of another state of the broker.
    this.status.clear(FOUND);
  };

  constructor(
    private readonly RED: Pick<NodeAPI, '_'>,
    private readonly status: Pick<StatusLine, 'set' | 'clear' | 'show' | 'connection'>,
    private readonly repeats: Pick<Repeats, 'goesOn' | 'over'>,
    private readonly broker: Broker,
  ) {
    status.show('ready');
    status.connection(broker);
    broker.on('state', this.onState);
  }

  /** A check was made. */
  show({ status: state, problems: [worst] }: HealthReport): void {
    const { status } = this;
    status.clear(BLIND);
    this.repeats.over(BLIND);
    if (worst === undefined || state === 'healthy') {
      status.set(FOUND, 'healthy');
      return;
    }
    const { name, text, code } = worst;
    const values = { what: conditionWords(this.RED, worst) };
    status.set(FOUND, state, values, { code: code ?? name, message: text, condition: name });
  }

  /** No check could be made. */
  blind(error: GridwireError): void {
    this.status.set(BLIND, 'error', {}, error);
    this.repeats.goesOn(BLIND, error.message);
  }

  close(): void {
    this.broker.off('state', this.onState);
  }
}
