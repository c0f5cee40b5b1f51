import type { Target } from '../target.js';
import { expressions, files, schemas } from './documents.js';
import { kafkaRecords, kafkaServer } from './kafka.js';
import { bodies, headers, topics } from './messages.js';
import { mqttClient, mqttServer } from './mqtt.js';
import { adminRequests, receipts } from './node-red.js';
import { postgresStore, sqliteStore } from './stores.js';

/** Everything that comes from outside, by who sends it. */
export const TARGETS: readonly Target[] = [
  ...[bodies, topics, headers, mqttClient, mqttServer, kafkaServer, kafkaRecords],
  ...[files, schemas, expressions, adminRequests, receipts, sqliteStore, postgresStore],
];
