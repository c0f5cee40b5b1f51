import type { NodeAPI, NodeDef } from 'node-red';
import { GridwireError } from '../../src/errors.js';
import { CONTENT_TYPE } from '../../src/observe/metrics/exposition.js';
import { defineNode } from '../runtime/define-node.js';
import { derivedMessage, type GridwireMessage } from '../runtime/messages.js';
import { registerMetricsRoute } from './metrics-route.js';
import { processMetrics } from './process-metrics.js';

export interface MetricsConfig extends NodeDef {
  /** `text`: as Prometheus reads it. `list`: as objects. */
  form: string;
  /** Seconds between messages of its own; 0: one per message. */
  interval: string | number;
}

export default function register(RED: NodeAPI): void {
  // From the start on, whether or not a flow has one of these nodes.
  processMetrics(RED);
  registerMetricsRoute(RED);
  defineNode<MetricsConfig>(RED, 'gridwire-metrics', ({ node, settings, status }) => {
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
  });
}

function switchedOff(): GridwireError {
  const text = 'The metrics are switched off in the settings of Node-RED (gridwire.metrics); take that out.';
  return new GridwireError('SETTING_INVALID', text);
}
