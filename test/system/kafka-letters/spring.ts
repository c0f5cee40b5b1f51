import { type JavaProgram, javaProgram } from '../../support/java-program.js';

const VERSION = '4.0.0';

/** A service with Spring for Apache Kafka, as far as dead letters go: Letters.java. */
export interface SpringService {
  /** Lets Spring's own recoverer write a letter of `orders` to `orders-dlt`. */
  writeLetter(brokers: string): Promise<void>;
  /** What a listener of Spring finds in the first letter of a topic, by name. */
  readLetter(brokers: string, topic: string): Promise<Record<string, string>>;
  remove(): void;
}

/** Skips the suite with a stated reason where it cannot be had; with CI=true that is a failure. */
export async function springService(context: Mocha.Context): Promise<SpringService> {
  const letters: JavaProgram = await javaProgram(context, {
    ...{ folder: __dirname, sources: ['Letters.java'], main: 'Letters' },
    ...{ jars: `spring-kafka-${VERSION}`, what: `Spring for Apache Kafka ${VERSION}` },
  });
  return {
    async writeLetter(brokers) {
      await letters.run('write', brokers);
    },
    async readLetter(brokers, topic) {
      const lines = (await letters.run('read', brokers, topic)).trim().split('\n');
      const entries = lines.map((line): [string, string] => {
        const [, name = line, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return [name, value];
      });
      return Object.fromEntries(entries);
    },
    remove: () => letters.remove(),
  };
}
