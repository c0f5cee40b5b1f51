import assert from 'node:assert/strict';
import * as api from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ending } from '../../../../nodes/runtime/traces.js';
import { GridwireError } from '../../../../src/errors.js';
import { Traces } from '../../../../src/observe/traces/traces.js';

describe('the steps of a trace', () => {
  it('are told to an SDK that throws at each, and the ends of the events are heard all the same', async () => {
    const seen: unknown[] = [];
    const processor = {
      onStart: () => undefined,
      onEnd: ({ attributes }: ReadableSpan): never => {
        seen.push(attributes['error.type']);
        throw new Error('broken exporter');
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    const provider = new BasicTracerProvider({ spanProcessors: [processor] });
    const trace = Object.assign(Object.create(api.trace) as typeof api.trace, {
      getTracer: (name: string) => provider.getTracer(name),
    });
    const traces = new Traces({ ...api, trace }, '1');
    const told: string[] = [];
    const warnings: string[] = [];
    const warned = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', warned);
    for (const text of ['a', 'b']) {
      const step = traces.send({ place: { node: 'publish' } }, undefined);
      const sender = ending(step, {
        resolve: () => told.push(`${text} sent`),
        reject: () => told.push(`${text} failed`),
      });
      if (text === 'a') sender.resolve(undefined);
      else sender.reject(new GridwireError('BROKER_REFUSED', 'No.'));
    }
    await new Promise(setImmediate);
    process.off('warning', warned);
    assert.deepEqual(told, ['a sent', 'b failed']);
    assert.deepEqual(seen, [undefined, 'BROKER_REFUSED']);
    assert.deepEqual(
      warnings.filter((each) => each.startsWith('Gridwire')),
      ['Gridwire: the SDK for traces failed at a span: broken exporter'],
    );
  });
});
