import {
  type Admin,
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka as Client,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { type Kafka, KAFKA_USER } from '../../scripts/services/index.js';

/** A client of the tests' own, with an administrator's rights. */
export function adminClient({ brokers }: Pick<Kafka, 'brokers'>): Client {
  return new Client({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
}

/** Lends an administrator for as long as the work takes. */
export async function asAdmin<T>(
  kafka: Pick<Kafka, 'brokers'>,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = adminClient(kafka).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

const OPERATIONS = { write: AclOperationTypes.WRITE, read: AclOperationTypes.READ } as const;
const RESOURCES = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP } as const;

/** A permission of the tests' user, as `grant('topic', 'orders', 'write')`. */
export function grant(
  resource: keyof typeof RESOURCES,
  resourceName: string,
  operation: keyof typeof OPERATIONS,
) {
  return {
    resourceType: RESOURCES[resource],
    resourceName,
    operation: OPERATIONS[operation],
    resourcePatternType: ResourcePatternTypes.LITERAL,
    permissionType: AclPermissionTypes.ALLOW,
    principal: `User:${KAFKA_USER.username}`,
    host: '*',
  };
}
