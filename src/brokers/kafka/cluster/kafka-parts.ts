import type { Kafka } from 'kafkajs';
import type { Connection } from './connection.js';
import type { ResolvedKafkaSettings } from './kafka-settings.js';
import type { TopicDirectory } from './topic-directory.js';

/** What the broker's subscriptions share. */
export interface KafkaParts {
  readonly kafka: Kafka;
  readonly settings: ResolvedKafkaSettings;
  readonly connection: Connection;
  readonly topics: TopicDirectory;
}
