// Loaded before Node-RED: OpenTelemetry's own SDK with its exporter in memory, whose spans are printed for the test.
const { context, trace } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} = require('@opentelemetry/sdk-trace-base');

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);

setInterval(() => {
  for (const span of exporter.getFinishedSpans()) {
    const { traceId, spanId } = span.spanContext();
    const parent = span.parentSpanContext?.spanId;
    const { name, kind, attributes, status } = span;
    console.log(`SPAN ${JSON.stringify({ name, kind, traceId, spanId, parent, attributes, status })}`);
  }
  exporter.reset();
}, 50).unref();
