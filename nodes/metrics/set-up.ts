import type { NodeDef } from 'node-red';
import { GridwireError } from '../../src/errors.js';
import { CONTENT_TYPE } from '../../src/observe/metrics/exposition.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { derivedMessage, type GridwireMessage } from '../runtime/messages.js';
import { processMetrics } from './process-metrics.js';

export interface MetricsConfig extends NodeDef {
  /** `text`: as Prometheus reads it. `list`: as objects. */
  form: string;
  /** Seconds between messages of its own; 0: one per message. */
  interval: string | number;
}

export function setUp({ RED, node, settings, status }: NodeTools<MetricsConfig>): NodeBehaviour {
  const form = settings.choice('form', ['text', 'list'], 'text');
  const interval = settings.integer('interval', { minimum: 0, maximum: 86_400, otherwise: 0 });
  settings.finish();
  status.show('ready');

  const filled = (message: GridwireMessage): GridwireMessage => {
    const metrics = processMetrics(RED);
    if (metrics === undefined) throw switchedOff();
    if (form === 'list') return derivedMessage(message, { payload: metrics.samples() });
    return derivedMessage(message, { payload: metrics.text(), contentType: CONTENT_TYPE });
  };
  const isOn = interval > 0 && processMetrics(RED) !== undefined;
  const timer = isOn ? setInterval(() => node.send(filled({})), interval * 1_000) : undefined;
  return {
    onInput: (message, send) => send(filled(message)),
    onClose: () => clearInterval(timer),
  };
}

function switchedOff(): GridwireError {
  const text = 'The metrics are switched off in the settings of Node-RED (gridwire.metrics); take that out.';
  return new GridwireError('SETTING_INVALID', text);
}
