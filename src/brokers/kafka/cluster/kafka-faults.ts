import { GridwireError, errorText, type ErrorCode, type FaultClass } from '../../../errors.js';
import { type Why, whyOfSystem } from '../../../why.js';
import { namedCode, networkReason } from '../../network-reason.js';

type Fault = [code: ErrorCode, text: string, fault?: FaultClass | undefined, why?: Why | undefined];

/** Kafka's protocol errors that concern a topic or a message. */
const PROTOCOL: Record<string, Fault> = {
  UNKNOWN_TOPIC_OR_PARTITION: [
    'TOPIC_UNKNOWN',
    'the topic does not exist; create it, or allow this broker to create topics',
  ],
  INVALID_TOPIC_EXCEPTION: ['TOPIC_ILLEGAL', 'Kafka does not accept the topic name'],
  TOPIC_AUTHORIZATION_FAILED: [
    'BROKER_REFUSED',
    'this user has no permission for the topic; grant it (an ACL), or use another user',
    'permanent',
    'not-allowed',
  ],
  GROUP_AUTHORIZATION_FAILED: [
    'SUBSCRIBE_REFUSED',
    'this user has no permission for the consumer group; grant it READ, or choose another group',
    'permanent',
    'not-allowed',
  ],
  INVALID_SESSION_TIMEOUT: [
    'SUBSCRIBE_REFUSED',
    'Kafka does not accept the session timeout; choose one between its group.min.session.timeout.ms (6 s by default) and group.max.session.timeout.ms',
  ],
  CLUSTER_AUTHORIZATION_FAILED: [
    'BROKER_REFUSED',
    'this user has no permission on the cluster; for QoS 2 Kafka before 3.0 wants IDEMPOTENT_WRITE',
    'permanent',
    'not-allowed',
  ],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: [
    'BROKER_REFUSED',
    'this user has no permission for it',
    'permanent',
    'not-allowed',
  ],
  MESSAGE_TOO_LARGE: ['BODY_TOO_LARGE', "the message is larger than the topic's max.message.bytes"],
  RECORD_LIST_TOO_LARGE: ['BODY_TOO_LARGE', 'the message is larger than a segment of the topic'],
  INVALID_RECORD: [
    'BROKER_REFUSED',
    'Kafka found the record invalid (a compacted topic wants a key, for one)',
  ],
  POLICY_VIOLATION: ['BROKER_REFUSED', "it is against the cluster's policy"],
  INVALID_REPLICATION_FACTOR: ['TOPIC_UNKNOWN', 'the topic cannot be created with so many replicas'],
  INVALID_PARTITIONS: ['TOPIC_UNKNOWN', 'the topic cannot be created with so many partitions'],
  UNSUPPORTED_VERSION: ['NOT_SUPPORTED', 'this Kafka does not know the request'],
  THROTTLING_QUOTA_EXCEEDED: ['BROKER_QUOTA', 'the quota is used up'],
  SASL_AUTHENTICATION_FAILED: [
    'BROKER_UNAUTHORISED',
    'user name or password are refused',
    undefined,
    'password',
  ],
  UNSUPPORTED_SASL_MECHANISM: ['BROKER_UNAUTHORISED', 'the SASL mechanism is not offered; choose another'],
  ILLEGAL_SASL_STATE: ['BROKER_UNAUTHORISED', 'it did not expect SASL on this port'],
};

const NO_BROKER: Fault = [
  'BROKER_UNREACHABLE',
  'no broker of the cluster answers for it at present',
  undefined,
  'no-answer',
];

/** kafkajs' own errors, by name. */
const CLIENT: Record<string, Fault> = {
  KafkaJSSASLAuthenticationError: [
    'BROKER_UNAUTHORISED',
    'it refuses the user name, password or token',
    undefined,
    'password',
  ],
  KafkaJSRequestTimeoutError: ['BROKER_TIMEOUT', 'Kafka did not answer in time'],
  KafkaJSTimeout: ['BROKER_TIMEOUT', 'Kafka did not answer in time'],
  KafkaJSConnectionClosedError: ['BROKER_DISCONNECTED', 'Kafka closed the connection'],
  KafkaJSBrokerNotFound: NO_BROKER,
  KafkaJSNoBrokerAvailableError: NO_BROKER,
  // kafkajs keeps to itself why: it may be a cluster that starts, or a user without permission for the group.
  KafkaJSGroupCoordinatorNotFound: [
    'SUBSCRIBE_REFUSED',
    'Kafka names no coordinator for the consumer group; if this stays, grant this user READ on the group',
    'transient',
    'not-allowed',
  ],
};

/**
 * What an error of kafkajs means.
 * @param what the sentence's subject: what was tried
 */
export function kafkaFault(
  cause: unknown,
  what: string,
  details: Record<string, unknown> = {},
): GridwireError {
  const chain = causes(cause);
  const own = chain.find((error) => error instanceof GridwireError);
  if (own !== undefined) return own;
  for (const error of chain) {
    const fault = faultOf(error);
    if (fault) {
      const [code, text, override, why] = fault;
      const type = error.type === undefined ? {} : { kafkaError: error.type };
      return new GridwireError(code, `${what}: ${text}.`, {
        cause,
        details: { ...details, ...type },
        why,
        ...(override === undefined ? {} : { fault: override }),
      });
    }
  }
  const retriable = chain.some((error) => error.retriable === true);
  const code = retriable ? 'BROKER_PROTOCOL' : 'BROKER_REFUSED';
  return new GridwireError(code, `${what}: ${errorText(cause)}.`, { cause, details });
}

interface KafkaError {
  name?: string;
  type?: string;
  code?: unknown;
  message?: string;
  retriable?: boolean;
  cause?: unknown;
  errors?: unknown[];
}

function faultOf(error: KafkaError): Fault | undefined {
  if (error.type !== undefined && error.type in PROTOCOL) return PROTOCOL[error.type];
  const { code, name, message = '' } = error;
  // kafkajs keeps the code of a socket's error where it makes one of its own, and only the text where it does not.
  const reason = networkReason(whyOfSystem(code) === undefined ? namedCode(message) : code, '', false);
  if (reason !== undefined) return ['BROKER_UNREACHABLE', reason.text, undefined, reason.why];
  if (name === 'KafkaJSConnectionError') return connectionFault(message);
  return CLIENT[name ?? ''];
}

function connectionFault(message: string): Fault {
  if (message === 'Connection timeout') {
    const text = 'no answer; check the address, the firewall and whether it expects TLS';
    return ['BROKER_UNREACHABLE', text, undefined, 'no-answer'];
  }
  const text = message.replace(/^Connection error: /, '');
  const reason = networkReason(undefined, text, true);
  return ['BROKER_UNREACHABLE', reason?.text ?? text, undefined, reason?.why];
}

/** The error, what caused it, and the parts of a collected one; a bounded walk. */
function causes(error: unknown): KafkaError[] {
  const found: KafkaError[] = [];
  const open = [error];
  while (open.length > 0 && found.length < 20) {
    const next = open.shift();
    if (typeof next !== 'object' || next === null) continue;
    const known = next as KafkaError;
    found.push(known);
    open.push(known.cause, ...(known.errors ?? []));
  }
  return found;
}
