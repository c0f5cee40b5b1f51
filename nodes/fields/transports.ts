/**
 * The transports that a broker node can be set to: what its panel has to know before there is a broker that could be
 * asked. One more is a folder in src/brokers, a line here and in open-broker.ts, and a section of the panel.
 */
export const TRANSPORTS: Readonly<Record<string, { log: boolean }>> = {
  memory: { log: false },
  mqtt: { log: false },
  /** Messages stay in a log that groups read from a place of their own. */
  kafka: { log: true },
};
