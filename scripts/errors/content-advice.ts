import type { ErrorCode } from '../../src/errors.js';

/** What an operator needs beside the error's own sentence: what the code stands for, and what helps. */
export interface ErrorAdvice {
  means: string;
  helps: string;
}

export type Advice = Partial<Record<ErrorCode, ErrorAdvice>>;

/** Codes of what is wrong with a contract or with the content of a message. */
export const content = {
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
    helps:
      'Send a document. One that clears a retained value is known where the contract retains the type, or the value had come before.',
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
  PAYLOAD_NOT_LIST: {
    means: 'A publish node that takes a list of events was given something else, or too long a list.',
    helps: 'Send a list of the length that the sentence names, or switch off _List of events_ in the panel.',
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
  NUMBER_INEXACT: {
    means: 'A number has more digits than a JSON number can carry on unchanged, or is beyond all numbers.',
    helps:
      'Send it as a text, or with at most 15 digits. Gridwire never hands on another number than it got. Nanoseconds since 1970 are read where a document says its time (see times.md).',
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
