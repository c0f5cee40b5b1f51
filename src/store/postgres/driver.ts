import type * as Pg from 'pg';
import type { ClientConfig, CustomTypesConfig } from 'pg';
import { GridwireError } from '../../errors.js';
import type { PostgresSettings } from './settings.js';

export type Driver = typeof Pg;

/**
 * PostgreSQL's driver, which is optional.
 * @throws GridwireError `SETTING_INVALID` when it is not installed
 */
export async function loadDriver(): Promise<Driver> {
  try {
    return (await import('pg')).default;
  } catch (error) {
    throw new GridwireError(
      'SETTING_INVALID',
      'The package "pg" is needed for a PostgreSQL store and is not installed. Run "npm install pg" in the Node-RED user folder.',
      { cause: error },
    );
  }
}

const INT8 = 20;

/** How this store connects. Fields, never an address string: a password must not be able to leak by being part of one. */
export function connectionOptions(driver: Driver, settings: PostgresSettings): ClientConfig {
  const timeout = settings.timeout ?? 30_000;
  return {
    host: settings.host,
    port: settings.port ?? 5432,
    database: settings.database,
    user: settings.user,
    password: settings.password ?? '',
    ssl: settings.tls ?? false,
    application_name: `gridwire ${settings.instance ?? ''}`.trim(),
    keepAlive: true,
    connectionTimeoutMillis: timeout,
    query_timeout: timeout,
    statement_timeout: timeout,
    types: { getTypeParser: parserOf(driver) },
  };
}

/** The driver's own parsers, but for whole numbers: ids and times in milliseconds stay far below 2^53. */
function parserOf(driver: Driver): CustomTypesConfig['getTypeParser'] {
  const standard = driver.types.getTypeParser as (oid: number, format?: string) => unknown;
  const own = (oid: number, format?: string): unknown => (oid === INT8 ? Number : standard(oid, format));
  return own as CustomTypesConfig['getTypeParser'];
}
