import path from 'node:path';
import type { Node } from 'node-red';
import type { ConnectionOptions } from 'node:tls';
import type { StoreSettings } from '../../src/store/connection/open-store.js';
import { DEFAULT_INSTANCE, type PostgresSettings } from '../../src/store/postgres/settings.js';
import { isStoreFile } from '../../src/store/sqlite/file-name.js';
import type { RetentionRules } from '../../src/store/retention.js';
import type { Settings } from '../runtime/settings.js';

/** Node-RED's own `tls-config` node. */
interface TlsNode extends Node {
  addTLSOptions(options: ConnectionOptions): ConnectionOptions;
}

const DAY = 24 * 3_600_000;
const MIB = 1024 * 1024;
const DAYS = { minimum: 0, maximum: 36_500 };

/**
 * The store that a config node's settings describe; books a fault for every field that cannot work.
 * @param folder where files with a relative path lie
 */
export function storeSettings(settings: Settings, folder: string): StoreSettings | undefined {
  const kind = settings.choice('kind', ['sqlite', 'postgres'], 'sqlite');
  const durability = settings.choice('durability', ['process', 'power'], 'process');
  if (kind === 'postgres') {
    const postgres = postgresSettings(settings);
    return settings.hasFaults ? undefined : { ...postgres, durability };
  }
  const file = settings.text('file', path.join('gridwire', 'store.db'));
  if (!isStoreFile(file))
    settings.fault(
      'file',
      'must be the path of a file: what is kept in memory would be lost with the process.',
    );
  return settings.hasFaults ? undefined : { kind, file: path.resolve(folder, file), durability };
}

function postgresSettings(settings: Settings): PostgresSettings {
  // Exported flows carry no credentials; like psql, an empty name is that of the environment.
  const user = settings.credential('user') ?? settings.fill('user', '${PGUSER:-gridwire}');
  const password = settings.credential('password');
  const host = settings.required('host', 'The host name of the database');
  // It would stand in every message about the database.
  if (host.includes('@'))
    settings.fault('host', 'is no host name: user name and password have fields of their own.');
  return {
    kind: 'postgres',
    host,
    port: settings.integer('port', { minimum: 1, maximum: 65_535, otherwise: 5432 }),
    database: settings.required('database', 'The name of the database'),
    user,
    instance: settings.text('instance', DEFAULT_INSTANCE),
    timeout: 1_000 * settings.integer('timeout', { minimum: 1, maximum: 600, otherwise: 30 }),
    ...(password === undefined ? {} : { password }),
    ...(settings.flag('useTls', false) ? { tls: tlsOptions(settings) } : {}),
  };
}

/** TLS by Node-RED's own settings; without them, the system's certificate authorities. */
function tlsOptions(settings: Settings): true | NonNullable<Exclude<PostgresSettings['tls'], boolean>> {
  if (settings.text('tls') === '') return true;
  const node = settings.configNode<TlsNode>('tls', 'tls-config', 'a TLS configuration');
  return (node?.addTLSOptions({}) ?? true) as ReturnType<typeof tlsOptions>;
}

/** What the store may keep; 0 or an empty field means no limit. */
export function retentionRules(settings: Settings): RetentionRules {
  const mirror = settings.integer('mirrorDays', { ...DAYS, otherwise: 0 });
  const deadLetters = settings.integer('deadLetterDays', { ...DAYS, otherwise: 0 });
  const audit = settings.integer('auditDays', { ...DAYS, otherwise: 0 });
  const budget = settings.integer('budgetMib', { minimum: 0, maximum: 10_000_000, otherwise: 0 });
  return {
    ...(mirror > 0 ? { mirrorAge: mirror * DAY } : {}),
    ...(deadLetters > 0 ? { deadLetterAge: deadLetters * DAY } : {}),
    ...(audit > 0 ? { auditAge: audit * DAY } : {}),
    ...(budget > 0 ? { bytes: budget * MIB } : {}),
  };
}
