import type { ErrorCode } from '../../src/errors.js';

/** What an operator needs beside the error's own sentence: what the code stands for, and what helps. */
export interface ErrorAdvice {
  means: string;
  helps: string;
}

type Advice = Partial<Record<ErrorCode, ErrorAdvice>>;

const settings = {
  SETTING_INVALID: {
    means: 'A field of a node cannot work. The sentence lists every field at once.',
    helps: 'Correct the fields and deploy. Until then the node refuses its messages instead of losing them.',
  },
} satisfies Advice;

const content = {
  CONTRACT_UNKNOWN: {
    means: 'There is no contract, or no dialect, of that name.',
    helps: 'Choose one of the names that the sentence lists.',
  },
  CONTRACT_INVALID: {
    means: 'The contract cannot be used: its document is wrong, or it does not say what the node needs.',
    helps: 'Correct the AsyncAPI document at the place named, or choose another contract.',
  },
  TYPE_UNKNOWN: {
    means: 'The contract has no such event type, or none whose members the message has.',
    helps: 'Choose a type of the list; check `msg.event.type` and the member that names the type.',
  },
  TYPE_DISABLED: {
    means: 'Events of this type are switched off in the node.',
    helps: 'Switch them on in the panel, or stop making them.',
  },
  BODY_NOT_TEXT: { means: 'The bytes are not UTF-8.', helps: 'Let the sender write JSON as UTF-8.' },
  BODY_NOT_JSON: { means: 'The text is not JSON.', helps: 'Look at the original bytes in the dead letter.' },
  BODY_EMPTY: {
    means: 'The message has no bytes.',
    helps: 'An empty retained message clears a value; do not subscribe to it with a contract.',
  },
  BODY_TOO_LARGE: {
    means: 'The message is larger than the node or the broker allows.',
    helps: 'Raise _Largest_ in the panel or the limit of the broker, or send less.',
  },
  BODY_TOO_DEEP: {
    means: 'The JSON is nested too deeply.',
    helps: 'Flatten it; no contract needs such depth.',
  },
  BODY_DUPLICATE_KEY: {
    means: 'An object names a key twice.',
    helps: 'Send each key once: readers differ in which one they take.',
  },
  BODY_UNSAFE_KEY: {
    means: 'A key such as `__proto__` could change the program that reads it.',
    helps: 'Rename the key.',
  },
  SCHEMA_VIOLATION: {
    means:
      'The document breaks the schema. `details.violations` has path, rule, what was expected and what was found.',
    helps: 'Correct the sender, or repair the dead letter with a patch.',
  },
  IMPLAUSIBLE: {
    means:
      'The document is valid, and a check beyond the schema does not believe it (range, rate, counter, sentinel, stuck).',
    helps: 'Look at the device; adjust the check if the value was true.',
  },
  TIME_INVALID: {
    means: 'A time cannot be read, lies outside 2000 to 2069, or too far in the future.',
    helps:
      "Set the device's clock; send ISO 8601 with a zone, or a count since 1970. The sentence names the unit that the number would fit; see [times](times.md).",
  },
  IDENTIFIER_ILLEGAL: {
    means: 'A value that would enter a topic has a character that topics must not have.',
    helps: 'Use letters, digits, `-` and `_`. Gridwire never changes an identifier by itself.',
  },
  PARAMETER_MISSING: {
    means: 'The topic needs a value that the message has not.',
    helps: 'Set it in the panel or on the message.',
  },
  TOPIC_ILLEGAL: {
    means: 'The topic cannot be published to.',
    helps: 'No wildcards, no NUL; for Kafka only `[A-Za-z0-9._-]`.',
  },
  TOPIC_UNKNOWN: {
    means: 'The topic belongs to no type of the contract, or does not exist on the cluster.',
    helps: 'Check prefix and dialect; on Kafka create the topic or allow its creation.',
  },
  FILTER_ILLEGAL: {
    means: 'The topic filter is not valid.',
    helps: '`#` only at the end, `+` only as a whole level.',
  },
  EVENT_EXPIRED: {
    means: 'The time to live of an event (a command, mostly) is over; it was not delivered.',
    helps: 'Late commands are dangerous, so this is not retried. Send a new one if it is still wanted.',
  },
} satisfies Advice;

const devices = {
  DEVICE_UNKNOWN: {
    means: 'The device is not in the registry.',
    helps: 'Add it, or change the policy for unknown devices.',
  },
  DEVICE_PENDING: {
    means: 'The device waits for approval, and enough of its messages are held.',
    helps: "Decide in the registry's panel.",
  },
  REGISTRY_INVALID: { means: 'The device table cannot be read.', helps: 'Correct the row named.' },
  REGISTRY_FULL: {
    means: 'The registry has as many devices as it takes.',
    helps: 'Find out who publishes under so many names.',
  },
} satisfies Advice;

const bluetooth = {
  BLUETOOTH_NOT_INSTALLED: {
    means: 'The optional package for Bluetooth is missing.',
    helps: 'Install it as the sentence says, or use the simulator.',
  },
  BLUETOOTH_FORBIDDEN: {
    means: 'The operating system does not let Node-RED use Bluetooth.',
    helps: 'Give the permission that the sentence names.',
  },
  BLUETOOTH_UNAVAILABLE: {
    means: 'There is no adapter, or it is off.',
    helps: 'Plug it in or switch it on; the node goes on by itself.',
  },
  MONITOR_UNREACHABLE: {
    means: 'The battery monitor took no link.',
    helps: 'Move closer; close other apps that hold it.',
  },
  MONITOR_LINK_LOST: { means: 'The link broke.', helps: 'Nothing: it is made again.' },
  MONITOR_SILENT: {
    means: 'The monitor took the link and sent nothing.',
    helps: "Close the maker's app; check the model.",
  },
  MONITOR_UNREADABLE: {
    means: 'What it sends is not of the family set.',
    helps: 'Set the family to automatic.',
  },
} satisfies Advice;

const brokers = {
  BROKER_NOT_CONFIGURED: {
    means: '`msg.broker` names a broker that the node may not publish to.',
    helps: "Name one of those in the node's panel, or add it there.",
  },
  BROKER_DISCONNECTED: {
    means: 'The broker is not connected, or went away before it acknowledged.',
    helps: 'Nothing: the event waits.',
  },
  BROKER_UNREACHABLE: { means: 'No connection can be made.', helps: 'Check address, port, firewall, TLS.' },
  BROKER_TIMEOUT: {
    means: 'The broker did not acknowledge in time.',
    helps: 'Nothing: the event waits. If it lasts, look at the load of the broker.',
  },
  BROKER_QUOTA: {
    means: 'A limit of the broker, or of a pull channel, is reached.',
    helps: 'Send less or raise the limit; publishes wait meanwhile.',
  },
  BROKER_UNAUTHORISED: {
    means: 'The broker refuses the credentials.',
    helps: 'Correct them in the broker node. Events wait until then.',
  },
  BROKER_REFUSED: {
    means: 'The broker refuses this message, or ends the connection whenever it is sent it.',
    helps:
      'Check its permissions for the topic and its size limit; after the retries of the contract it is a dead letter.',
  },
  BROKER_DROPPED: {
    means:
      'The broker says that it dropped messages, for clients that were away or too slow. It does not say whose.',
    helps: 'Raise its queue limits (`docs/broker-settings`), or end the session that nobody reads.',
  },
  BROKER_PROTOCOL: {
    means: 'The two sides do not speak the same protocol.',
    helps: 'Choose another MQTT version; check that the port is that of MQTT or Kafka.',
  },
  BROKER_CLOSED: {
    means: 'The node was closed while the event waited in memory.',
    helps: 'Keep events in a store, and they survive a deploy.',
  },
  SUBSCRIBE_REFUSED: {
    means: 'The broker refuses the subscription.',
    helps: 'Check the permissions of the user for the filter or the group.',
  },
  SESSION_LOST: {
    means: 'The broker has forgotten the session, and what it kept for it.',
    helps: 'Use a fixed client id and a long session expiry; see the broker settings.',
  },
  SESSION_UNCLAIMED: {
    means: 'A kept session delivered messages for a subscription that no node has any more.',
    helps: 'They were dropped, and counted. Remove a filter by deleting its node while connected.',
  },
  SETTLED_LATE: {
    means: 'A flow finished with messages after Kafka had given their partitions out anew.',
    helps:
      'Nothing is lost: they are delivered again. If it happens often, let the flow finish sooner or raise the session timeout.',
  },
  NOT_SUPPORTED: {
    means: 'The broker or the store cannot do this.',
    helps: 'Choose a setting that it supports.',
  },
} satisfies Advice;

const delivery = {
  OUTBOX_FULL: {
    means: 'As many events wait for the broker as the node keeps.',
    helps: 'Restore the broker; raise the limits; send less.',
  },
  OUTBOX_DROPPED: {
    means: 'The outbox was full, and by its setting the oldest event gave way.',
    helps: 'Raise the limits, or choose to refuse new events.',
  },
  OUTBOX_EXPIRED: {
    means: 'The event waited longer than the outbox keeps events.',
    helps: 'Raise the age, or find out why the broker was away.',
  },
  OUTBOX_DISCARDED: {
    means: 'Somebody discarded the event in the sidebar while it waited for its broker.',
    helps: 'That was a decision of a person; the log in the sidebar says whose.',
  },
  RETRIES_EXHAUSTED: {
    means: 'Every attempt that the contract allows has failed. `cause` has the last one.',
    helps: 'Repair the letter and recover it.',
  },
  EVENT_REJECTED: {
    means: 'An ack node refused the event for good.',
    helps: 'That was the decision of the flow.',
  },
  RECEIPT_MISSING: {
    means: 'The message has no receipt to settle.',
    helps: 'Keep `msg.receipt` on the message.',
  },
  RECEIPT_UNKNOWN: {
    means: 'The receipt was settled before, timed out, or is of an earlier run.',
    helps: 'Settle once, and before the timeout.',
  },
} satisfies Advice;

const store = {
  STORE_UNAVAILABLE: {
    means: 'The store cannot be reached.',
    helps: 'Start the database; nothing is acknowledged that is not kept.',
  },
  STORE_LOCKED: {
    means: 'Another process writes to this store.',
    helps: 'Stop it, or give each its own file or instance name.',
  },
  STORE_FULL: {
    means: 'The disk, or the memory for what waits to be written, is full.',
    helps: 'Free space; the store goes on by itself.',
  },
  STORE_DAMAGED: {
    means: 'The file is damaged. It was set aside, and a new one is in use.',
    helps: 'Restore a backup, or salvage the file that the sentence names.',
  },
  STORE_CONFLICT: {
    means: 'Something stands in the way: a newer schema, an existing file, a concurrent change.',
    helps: 'As the sentence says.',
  },
  STORE_NEARLY_FULL: {
    means: 'The store has used four fifths of its disk budget.',
    helps: 'Raise the budget or shorten the retention.',
  },
  STORE_REFUSED: { means: 'The database refuses the data.', helps: 'As the sentence says.' },
  REPLAY_REFUSED: {
    means: 'A replay would repeat commands.',
    helps: 'Name the command types if devices are to act again.',
  },
} satisfies Advice;

const grid = {
  NETWORK_INVALID: { means: 'The network or case file cannot be used.', helps: 'Correct the element named.' },
  GRID_SETTING_INVALID: {
    means: 'The environment of the simulation cannot work.',
    helps: 'As the sentence says.',
  },
} satisfies Advice;

const others = {
  FLOW_FAILED: {
    means: 'A node of the flow failed without a code of its own, or did not finish in time.',
    helps: 'See the sentence and the node it names; it is tried again.',
  },
  INTERNAL: { means: 'A fault in Gridwire.', helps: 'Please report it with the sentence and the log.' },
} satisfies Advice;

/** All advice by area, in the order of a message's way through a flow. */
export const ERROR_AREAS: Record<string, Advice> = {
  Settings: settings,
  'Contracts and content': content,
  Devices: devices,
  'Battery monitors': bluetooth,
  Brokers: brokers,
  Delivery: delivery,
  Store: store,
  Grid: grid,
  'Everything else': others,
};
