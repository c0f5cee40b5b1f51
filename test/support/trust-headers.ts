/**
 * What a header, or a user property of MQTT, makes Gridwire do for whoever sends it with a message on a topic of its own.
 * A name that ends with `*` stands for all that begin so. docs/security.md says the same.
 */
export const HEADERS: Readonly<Record<string, string>> = {
  'gridwire-original-*': 'nothing',
  'gridwire-failure-*': 'nothing',
  '__connect.errors.*': 'nothing',
  'kafka_*': 'nothing',
  'retry_topic-*': 'nothing',
  'gridwire-retained': 'nothing: it is written, never read',
  'gridwire-replay':
    'its message counts as a replay: a later replay leaves it out, a command that is too old is not refused',
  'gridwire-encoding': 'says how its other headers are to be read',
  'gridwire-key': 'becomes the key of its message',
  'gridwire-response-topic': 'becomes where its message asks for an answer, for the flow to decide about',
  'gridwire-correlation-data': 'becomes what an answer to its message brings along',
  'gridwire-expires-at': 'its message expires then',
  'content-type': 'becomes the content type of its message',
  traceparent: 'the steps with its message belong to that trace',
  tracestate: 'goes with that trace, 512 characters of it, where both are well-formed',
  'ce_*': 'its message is read as a CloudEvent, where the node does that',
  specversion: 'its message is read as a CloudEvent, where the node does that',
};

/** What stands for a header in the table. */
export function rowOf(header: string): string | undefined {
  return Object.keys(HEADERS).find((row) =>
    row.endsWith('*') ? header.startsWith(row.slice(0, -1)) : header === row,
  );
}

/** Each of them with what an attacker would want of it. */
export function hostileHeaders(topic: string): Record<string, string> {
  return {
    'gridwire-original-topic': topic,
    'gridwire-original-partition': '-1',
    'gridwire-original-offset': '9'.repeat(40),
    'gridwire-original-timestamp': '9e15',
    'gridwire-original-expires-at': '8640000000000001',
    'gridwire-original-consumer-group': 'group',
    'gridwire-failure-code': 'TYPE_UNKNOWN',
    'gridwire-failure-reason': '<img src=x onerror=alert(1)>',
    'gridwire-failure-class': 'transient',
    'gridwire-failure-time': 'yesterday',
    'gridwire-failure-incomplete': 'true',
    'gridwire-failure-headers-left-out': '-3',
    '__connect.errors.topic': topic,
    '__connect.errors.partition': 'x',
    'kafka_dlt-original-topic': topic,
    'kafka_dlt-original-partition': 'abcd',
    'kafka_original-topic': topic,
    'kafka_exception-message': 'no',
    'retry_topic-attempts': '99',
    'gridwire-retained': 'true',
    'gridwire-replay': 'mine',
    'gridwire-key': '../../key',
    'gridwire-response-topic': topic,
    'gridwire-correlation-data': 'data',
    'gridwire-expires-at': '8640000000000000',
    'content-type': 'application/cloudevents+json',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff',
    tracestate: 'x='.padEnd(2_000, 'y'),
    ce_specversion: '1.0',
    ce_type: 'command',
    ce_source: topic,
    ce_id: '1',
    specversion: '1.0',
    constructor: 'x',
    toString: 'x',
  };
}
