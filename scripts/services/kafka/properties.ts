/** What the tests' user is called and may do: nothing, until a test grants it. */
export const KAFKA_USER = { username: 'gridwire', password: 'gridwire-secret' } as const;

export interface NodePorts {
  readonly id: number;
  readonly plain: number;
  readonly secure: number;
  readonly controller: number;
}

/**
 * The server.properties of one node, broker and controller in one. PLAINTEXT stands for an administrator, SASL_SSL is
 * under access control. Everything that a test wants to see happen is off by default (topic creation by metadata).
 */
export function nodeProperties(
  node: NodePorts,
  all: readonly NodePorts[],
  files: { data: string; keyStore: string },
): string {
  const replicas = String(Math.min(3, all.length));
  const sasl = 'listener.name.sasl_ssl';
  const modules = 'org.apache.kafka.common.security';
  const { username, password } = KAFKA_USER;
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': all
      .map(({ id, controller }) => `${String(id)}@127.0.0.1:${String(controller)}`)
      .join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${String(node.plain)},SASL_SSL://127.0.0.1:${String(node.secure)},CONTROLLER://127.0.0.1:${String(node.controller)}`,
    'log.dirs': files.data,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    [`${sasl}.ssl.keystore.type`]: 'PEM',
    [`${sasl}.ssl.keystore.location`]: files.keyStore,
    [`${sasl}.plain.sasl.jaas.config`]: `${modules}.plain.PlainLoginModule required user_${username}="${password}";`,
    [`${sasl}.scram-sha-256.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
    [`${sasl}.scram-sha-512.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
    [`${sasl}.oauthbearer.sasl.jaas.config`]: `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="${username}";`,
    'auto.create.topics.enable': 'false',
    'num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': '1',
    'log.cleaner.dedupe.buffer.size': '4194304',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
