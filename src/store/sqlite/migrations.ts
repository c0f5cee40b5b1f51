/** One step of the schema; applied in a transaction of its own, after a backup of the file. */
export interface Migration {
  version: number;
  name: string;
  statements: readonly string[];
}

/** In order; a released migration is never changed, only followed by another. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'mirror and dead letters',
    statements: [
      `CREATE TABLE gridwire_mirror (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        topic TEXT NOT NULL,
        body BLOB NOT NULL,
        kind TEXT,
        trace_id TEXT,
        contract TEXT,
        type TEXT,
        event_time INTEGER,
        created_at INTEGER NOT NULL,
        message TEXT NOT NULL
      )`,
      `CREATE INDEX idx_events_mirror_topic ON gridwire_mirror (topic)`,
      `CREATE INDEX idx_events_mirror_trace_id ON gridwire_mirror (trace_id) WHERE trace_id IS NOT NULL`,
      `CREATE INDEX idx_events_mirror_created_at ON gridwire_mirror (created_at)`,
      `CREATE INDEX idx_events_mirror_kind ON gridwire_mirror (kind)`,
      `CREATE VIEW gridwire_mirror_events AS SELECT *, created_at AS recorded_at FROM gridwire_mirror`,
      // TaylorDash's name and columns, for whoever opens the file with a tool of their own.
      `CREATE VIEW events_mirror AS SELECT id, topic, CAST(body AS TEXT) AS payload, created_at, trace_id
        FROM gridwire_mirror`,
      `CREATE TABLE dlq_events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        original_topic TEXT NOT NULL,
        failure_reason TEXT NOT NULL,
        payload TEXT NOT NULL,
        created_at INTEGER NOT NULL
      )`,
      `CREATE INDEX idx_dlq_events_created_at ON dlq_events (created_at)`,
      `CREATE TABLE gridwire_dead_letters (
        id INTEGER PRIMARY KEY,
        topic TEXT,
        body BLOB,
        message TEXT,
        contract TEXT,
        type TEXT,
        code TEXT,
        reason TEXT,
        fault TEXT,
        state TEXT NOT NULL DEFAULT 'waiting',
        attempts INTEGER NOT NULL DEFAULT 0,
        last_error TEXT,
        recovered_at INTEGER
      )`,
      `CREATE INDEX idx_gridwire_dead_letters_state ON gridwire_dead_letters (state)`,
      `CREATE VIEW gridwire_dead_letter_events AS SELECT d.id, coalesce(g.topic, d.original_topic) AS topic, g.body,
          g.message, g.contract, g.type, coalesce(g.code, 'FLOW_FAILED') AS code,
          coalesce(g.reason, d.failure_reason) AS reason, coalesce(g.fault, 'permanent') AS fault,
          d.created_at, d.created_at AS failed_at, d.payload AS record, coalesce(g.state, 'waiting') AS state,
          coalesce(g.attempts, 0) AS attempts, g.last_error, g.recovered_at
        FROM dlq_events d LEFT JOIN gridwire_dead_letters g ON g.id = d.id`,
    ],
  },
  {
    version: 2,
    name: 'outbox, parked messages, deduplication',
    statements: [
      `CREATE TABLE gridwire_outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        topic TEXT NOT NULL,
        body BLOB NOT NULL,
        message TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        enqueued_at INTEGER NOT NULL
      )`,
      `CREATE INDEX idx_gridwire_outbox_queue ON gridwire_outbox (queue, id)`,
      `CREATE TABLE gridwire_parked (
        queue TEXT NOT NULL,
        id TEXT NOT NULL,
        topic TEXT NOT NULL,
        body BLOB NOT NULL,
        message TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        next_attempt_at INTEGER NOT NULL,
        reason TEXT NOT NULL,
        parked_at INTEGER NOT NULL,
        PRIMARY KEY (queue, id)
      )`,
      `CREATE INDEX idx_gridwire_parked_due ON gridwire_parked (queue, next_attempt_at)`,
      `CREATE TABLE gridwire_deduplication (
        scope TEXT NOT NULL,
        id TEXT NOT NULL,
        marked_at INTEGER NOT NULL,
        PRIMARY KEY (scope, id)
      ) WITHOUT ROWID`,
      `CREATE INDEX idx_gridwire_deduplication_time ON gridwire_deduplication (scope, marked_at)`,
    ],
  },
  {
    version: 3,
    name: 'last values, audit log, replay cursors',
    statements: [
      `CREATE TABLE gridwire_last_values (
        scope TEXT NOT NULL,
        id TEXT NOT NULL,
        value TEXT NOT NULL,
        event_time INTEGER NOT NULL,
        PRIMARY KEY (scope, id)
      ) WITHOUT ROWID`,
      `CREATE TABLE gridwire_audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        details TEXT NOT NULL
      )`,
      `CREATE INDEX idx_gridwire_audit_at ON gridwire_audit (at)`,
      `CREATE TABLE gridwire_replay_cursors (
        id TEXT PRIMARY KEY,
        position INTEGER NOT NULL,
        done INTEGER NOT NULL,
        total INTEGER NOT NULL,
        plan TEXT NOT NULL,
        updated_at INTEGER NOT NULL
      ) WITHOUT ROWID`,
    ],
  },
  {
    version: 4,
    name: 'leases',
    statements: [
      `CREATE TABLE gridwire_lease_members (
        scope TEXT NOT NULL,
        member TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        PRIMARY KEY (scope, member)
      ) WITHOUT ROWID`,
      `CREATE TABLE gridwire_leases (
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        member TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        ready INTEGER NOT NULL,
        PRIMARY KEY (scope, name)
      ) WITHOUT ROWID`,
    ],
  },
  {
    version: 5,
    name: 'settled letters leave dlq_events',
    statements: [
      `ALTER TABLE gridwire_dead_letters ADD COLUMN failed_at INTEGER`,
      `ALTER TABLE gridwire_dead_letters ADD COLUMN record TEXT`,
      `ALTER TABLE gridwire_dead_letters ADD COLUMN discarded_at INTEGER`,
      `ALTER TABLE gridwire_dead_letters ADD COLUMN lineage INTEGER`,
      `ALTER TABLE gridwire_dead_letters ADD COLUMN sent TEXT`,
      `CREATE INDEX idx_gridwire_dead_letters_sent ON gridwire_dead_letters (sent) WHERE sent IS NOT NULL`,
      // In place of what was settled there are the columns above, so that TaylorDash's readers list what waits.
      `UPDATE gridwire_dead_letters SET topic = coalesce(topic, d.original_topic),
          reason = coalesce(reason, d.failure_reason), record = d.payload, failed_at = d.created_at,
          discarded_at = CASE WHEN state = 'discarded' THEN 0 END
        FROM dlq_events d WHERE d.id = gridwire_dead_letters.id AND state IN ('recovered', 'discarded')`,
      `DELETE FROM dlq_events WHERE id IN (SELECT id FROM gridwire_dead_letters WHERE failed_at IS NOT NULL)`,
      `DROP VIEW gridwire_dead_letter_events`,
      `CREATE VIEW gridwire_dead_letter_events AS SELECT d.id, coalesce(g.topic, d.original_topic) AS topic, g.body,
          g.message, g.contract, g.type, coalesce(g.code, 'FLOW_FAILED') AS code,
          coalesce(g.reason, d.failure_reason) AS reason, coalesce(g.fault, 'permanent') AS fault,
          d.created_at, d.created_at AS failed_at, d.payload AS record, coalesce(g.state, 'waiting') AS state,
          coalesce(g.attempts, 0) AS attempts, g.last_error, g.recovered_at, g.discarded_at,
          coalesce(g.lineage, d.id) AS lineage
        FROM dlq_events d LEFT JOIN gridwire_dead_letters g ON g.id = d.id
        UNION ALL SELECT id, topic, body, message, contract, type, coalesce(code, 'FLOW_FAILED'), reason,
          coalesce(fault, 'permanent'), failed_at, failed_at, record, state, attempts, last_error, recovered_at,
          discarded_at, coalesce(lineage, id)
        FROM gridwire_dead_letters WHERE failed_at IS NOT NULL`,
    ],
  },
  {
    version: 6,
    name: 'origins of messages in the outbox',
    statements: [
      `ALTER TABLE gridwire_outbox ADD COLUMN origin TEXT`,
      `ALTER TABLE gridwire_outbox ADD COLUMN boot TEXT`,
      `ALTER TABLE gridwire_outbox ADD COLUMN uptime INTEGER`,
      `CREATE UNIQUE INDEX idx_gridwire_outbox_origin ON gridwire_outbox (queue, origin) WHERE origin IS NOT NULL`,
    ],
  },
  {
    version: 7,
    name: 'what parked messages wait for',
    statements: [
      `ALTER TABLE gridwire_parked ADD COLUMN kind TEXT NOT NULL DEFAULT 'parked'`,
      `ALTER TABLE gridwire_parked ADD COLUMN origin TEXT`,
      `ALTER TABLE gridwire_parked ADD COLUMN held_by TEXT`,
      `ALTER TABLE gridwire_parked ADD COLUMN refusal TEXT`,
      `ALTER TABLE gridwire_parked ADD COLUMN written_at INTEGER NOT NULL DEFAULT 0`,
      `CREATE INDEX idx_gridwire_parked_kind ON gridwire_parked (queue, kind, held_by)`,
    ],
  },
  {
    version: 8,
    name: 'by which clock parked messages wait',
    statements: [
      `ALTER TABLE gridwire_parked ADD COLUMN boot TEXT`,
      `ALTER TABLE gridwire_parked ADD COLUMN uptime INTEGER`,
      `ALTER TABLE gridwire_parked ADD COLUMN expires_at INTEGER`,
    ],
  },
  {
    version: 9,
    name: 'marks by the digest of their id',
    statements: [
      // What has a digest's form was marked since they are used.
      `UPDATE OR REPLACE gridwire_deduplication SET id = gridwire_digest(id)
        WHERE length(id) <> 43 OR id GLOB '*[^A-Za-z0-9_-]*'`,
    ],
  },
];
