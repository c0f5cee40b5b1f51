import { type Advice, content } from './content-advice.js';

const settings = {
  SETTING_INVALID: {
    means: 'A field of a node cannot work. The sentence lists every field at once.',
    helps: 'Correct the fields and deploy. Until then the node refuses its messages instead of losing them.',
  },
  RIGHT_MISSING: {
    means: 'A request to the admin API needs a right that the user has not.',
    helps:
      'Give the user the permission that the sentence names, in `adminAuth` of Node-RED ([security](security.md)).',
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
      'The broker says that it dropped messages, for clients that were away or too slow. MQTT does not say whose. Kafka: records were deleted before their group had read them.',
    helps:
      'Raise its queue limits (`docs/broker-settings`) or the retention of the topic, or end the session that nobody reads.',
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
    means:
      'The broker has forgotten the session, and what it kept for it. Kafka: the log ends before the place that a group had reached.',
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
  STORE_REPLACED: {
    means:
      "A SQLite store's file was deleted or replaced while it was in use. It was put back with all that it held.",
    helps: 'Stop Node-RED before touching its files; look at what lies beside the store now.',
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
  GRID_STUDY_CANCELLED: { means: 'A series or a contingency study was stopped.', helps: 'Run it again.' },
  GRID_STUDY_IMPOSSIBLE: {
    means: 'Branches were to be taken out of a network that has no solution with all of them in.',
    helps: 'See the reason in the sentence; solve the network first.',
  },
} satisfies Advice;

const others = {
  COMPUTATION_STOPPED: {
    means: 'An expression or a schema from a request took too long or too much memory and was stopped.',
    helps: 'Make it simpler; the bounds are in [security](security.md).',
  },
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
