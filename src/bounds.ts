/**
 * Every bound for what comes from outside: from a device, a broker, a file, a flow, a request or a page. Whoever reads
 * such a thing takes its bound from here, so that there is one place to look a bound up and to change it.
 * `docs/security.md` lists them; a test holds the two together.
 */
export const BOUNDS = {
  // Bodies of messages
  /** Bytes of a body, where a setting says nothing else. */
  bodyBytes: 1_048_576,
  /** Bytes of bodies that are read in one turn of the event loop; one body at least, however large. */
  turnBytes: 524_288,
  /** Levels of arrays and objects in a body. */
  bodyDepth: 64,
  /** Headers of a message, each value of a repeated one counted. */
  headers: 1_000,
  /** Elements of a list whose elements are published each as an event. */
  listElements: 5_000,

  // What Kafka hands over
  /** Records and headers of records that one answer of Kafka may hand over; the rest comes with the next one. */
  fetchParts: 200_000,
  /** Bytes that the first batch of each partition may always unpack to, whatever the others of the answer take. */
  batchLeastBytes: 1_048_576,
  /** Records and headers that it may always have. */
  batchLeastParts: 10_000,

  // What is said
  /** Characters of a sentence that says what is wrong; names and values of a message may stand in it. */
  errorCharacters: 4_000,

  // Times of events
  /** Earlier ones are refused: milliseconds since 1970, 2000-01-01T00:00:00Z. */
  earliestTime: Date.UTC(2000, 0, 1),
  /** From this moment on they are refused: milliseconds since 1970, 2070-01-01T00:00:00Z. */
  latestTime: Date.UTC(2070, 0, 1),
  /**
   * A device's clock may run ahead by this much, milliseconds. An event from further ahead would stay the newest until
   * then, and silence all that follow.
   */
  aheadMilliseconds: 5 * 60_000,

  // Topics
  /** Bytes of a topic in UTF-8, MQTT's own bound. */
  topicBytes: 65_535,
  /** Characters of a contract's topic template, and of its other templates. */
  templateCharacters: 2_000,
  /** Characters of a value that becomes a part of a topic. */
  parameterCharacters: 256,

  // Files and documents that people write: AsyncAPI, brokers.yaml, schemas
  /** Characters of a document. */
  documentCharacters: 4_000_000,
  /** Levels of arrays and objects in a document. */
  documentDepth: 100,
  /** Values in a document: texts, numbers, lists, objects. */
  documentValues: 200_000,
  /** Characters of a document in YAML, whose reader is slower by far than that of JSON. */
  yamlCharacters: 1_000_000,
  /** Lines and values of a document in YAML. */
  yamlValues: 50_000,
  /** Characters of a `brokers.yaml`. */
  brokersFileCharacters: 65_536,
  /** Values that aliases of a YAML document may repeat, all together. */
  yamlAliased: 10_000,
  /** Event types of an imported contract. */
  contractTypes: 500,

  // Schemas and patterns
  /** Characters of a JSON Schema in a setting, a message or a request. */
  schemaCharacters: 262_144,
  /** Values in a JSON Schema. */
  schemaValues: 20_000,
  /** Steps of calls of one schema by another, or by itself, for one document: one for each 8 values of what is called. */
  schemaSteps: 100_000,
  /** Values of a document whose faults are all listed; of a larger one the first is told. */
  listedValues: 10_000,
  /** Values of a document times values of its schema: so many faults at most are all listed. */
  listedFaults: 200_000,
  /** Characters of a regular expression. */
  patternCharacters: 1_000,

  // Untrusted computation, in a process of its own
  /** Milliseconds that one expression or one check may take. */
  untrustedTime: 2_000,
  /** Megabytes of memory that its process may take. */
  untrustedMemory: 64,
  /** Bytes of what an expression may give back. */
  untrustedAnswer: 1_048_576,
  /** Jobs that may wait for their turn. */
  untrustedWaiting: 100,
} as const;
