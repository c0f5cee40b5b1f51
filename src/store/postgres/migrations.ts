/** One step of the schema; applied in a transaction of its own under a lock. */
export interface PostgresMigration {
  version: number;
  name: string;
  statements: readonly string[];
  /** Tables of the mirror whose columns or rows this step changes, to be copied before it; all others are in any case. */
  changes?: readonly ('events_mirror' | 'gridwire_mirror')[];
}

/**
 * In order; a released migration is never changed, only followed by another. `events_mirror` and `dlq_events` are
 * TaylorDash's own: a table that is there already is used as it is and never altered.
 */
export const POSTGRES_MIGRATIONS: readonly PostgresMigration[] = [
  {
    version: 1,
    name: 'mirror and dead letters',
    statements: [
      `CREATE TABLE IF NOT EXISTS events_mirror (
        id BIGSERIAL PRIMARY KEY,
        topic VARCHAR(255) NOT NULL,
        payload JSONB NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
        trace_id UUID GENERATED ALWAYS AS ((payload->>'trace_id')::UUID) STORED
      )`,
      `CREATE INDEX IF NOT EXISTS idx_events_mirror_topic ON events_mirror(topic)`,
      `CREATE INDEX IF NOT EXISTS idx_events_mirror_trace_id ON events_mirror(trace_id)`,
      `CREATE INDEX IF NOT EXISTS idx_events_mirror_created_at ON events_mirror(created_at)`,
      `CREATE INDEX IF NOT EXISTS idx_events_mirror_kind ON events_mirror((payload->>'kind'))`,
      `CREATE TABLE gridwire_mirror (
        id BIGINT PRIMARY KEY,
        topic TEXT,
        body BYTEA NOT NULL,
        kind TEXT,
        contract TEXT,
        type TEXT,
        event_time BIGINT,
        recorded_at BIGINT NOT NULL,
        message TEXT NOT NULL
      )`,
      `CREATE VIEW gridwire_mirror_events AS SELECT m.id, coalesce(g.topic, m.topic) AS topic,
          coalesce(g.body, convert_to(m.payload::text, 'UTF8')) AS body,
          coalesce(g.kind, m.payload->>'kind') AS kind, g.contract, g.type, g.event_time, m.created_at,
          coalesce(g.recorded_at, (extract(epoch FROM m.created_at) * 1000)::int8) AS recorded_at, g.message
        FROM events_mirror m LEFT JOIN gridwire_mirror g ON g.id = m.id`,
      `CREATE TABLE IF NOT EXISTS dlq_events (
        id BIGSERIAL PRIMARY KEY,
        original_topic VARCHAR(255) NOT NULL,
        failure_reason TEXT NOT NULL,
        payload JSONB NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW()
      )`,
      `CREATE INDEX IF NOT EXISTS idx_dlq_events_created_at ON dlq_events(created_at)`,
      `CREATE TABLE gridwire_dead_letters (
        id BIGINT PRIMARY KEY,
        topic TEXT,
        body BYTEA,
        message TEXT,
        contract TEXT,
        type TEXT,
        code TEXT,
        reason TEXT,
        fault TEXT,
        state TEXT NOT NULL DEFAULT 'waiting',
        attempts INTEGER NOT NULL DEFAULT 0,
        last_error TEXT,
        recovered_at BIGINT
      )`,
      `CREATE INDEX idx_gridwire_dead_letters_state ON gridwire_dead_letters (state)`,
      `CREATE VIEW gridwire_dead_letter_events AS SELECT d.id, coalesce(g.topic, d.original_topic) AS topic, g.body,
          g.message, g.contract, g.type, coalesce(g.code, 'FLOW_FAILED') AS code,
          coalesce(g.reason, d.failure_reason) AS reason, coalesce(g.fault, 'permanent') AS fault, d.created_at,
          (extract(epoch FROM d.created_at) * 1000)::int8 AS failed_at, d.payload::text AS record,
          coalesce(g.state, 'waiting') AS state, coalesce(g.attempts, 0) AS attempts, g.last_error, g.recovered_at
        FROM dlq_events d LEFT JOIN gridwire_dead_letters g ON g.id = d.id`,
    ],
  },
  {
    version: 2,
    name: 'outbox, parked messages, deduplication',
    statements: [
      `CREATE TABLE gridwire_outbox (
        id BIGSERIAL PRIMARY KEY,
        queue TEXT NOT NULL,
        topic TEXT NOT NULL,
        body BYTEA NOT NULL,
        message TEXT NOT NULL,
        bytes BIGINT NOT NULL,
        enqueued_at BIGINT NOT NULL
      )`,
      `CREATE INDEX idx_gridwire_outbox_queue ON gridwire_outbox (queue, id)`,
      `CREATE TABLE gridwire_parked (
        queue TEXT NOT NULL,
        id TEXT NOT NULL,
        topic TEXT NOT NULL,
        body BYTEA NOT NULL,
        message TEXT NOT NULL,
        bytes BIGINT NOT NULL,
        attempts INTEGER NOT NULL,
        next_attempt_at BIGINT NOT NULL,
        reason TEXT NOT NULL,
        parked_at BIGINT NOT NULL,
        PRIMARY KEY (queue, id)
      )`,
      `CREATE INDEX idx_gridwire_parked_due ON gridwire_parked (queue, next_attempt_at)`,
      `CREATE TABLE gridwire_deduplication (
        scope TEXT NOT NULL,
        id TEXT NOT NULL,
        marked_at BIGINT NOT NULL,
        PRIMARY KEY (scope, id)
      )`,
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
        event_time BIGINT NOT NULL,
        PRIMARY KEY (scope, id)
      )`,
      `CREATE TABLE gridwire_audit (
        id BIGSERIAL PRIMARY KEY,
        at BIGINT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        details TEXT NOT NULL
      )`,
      `CREATE INDEX idx_gridwire_audit_at ON gridwire_audit (at)`,
      `CREATE TABLE gridwire_replay_cursors (
        id TEXT PRIMARY KEY,
        position BIGINT NOT NULL,
        done BIGINT NOT NULL,
        total BIGINT NOT NULL,
        plan TEXT NOT NULL,
        updated_at BIGINT NOT NULL
      )`,
    ],
  },
  {
    version: 4,
    name: 'leases',
    statements: [
      `CREATE TABLE gridwire_lease_members (
        scope TEXT NOT NULL,
        member TEXT NOT NULL,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (scope, member)
      )`,
      `CREATE TABLE gridwire_leases (
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        member TEXT NOT NULL,
        expires_at BIGINT NOT NULL,
        ready BIGINT NOT NULL,
        PRIMARY KEY (scope, name)
      )`,
    ],
  },
  {
    version: 5,
    name: 'settled letters leave dlq_events',
    statements: [
      `ALTER TABLE gridwire_dead_letters ADD COLUMN failed_at BIGINT, ADD COLUMN record TEXT,
        ADD COLUMN discarded_at BIGINT, ADD COLUMN lineage BIGINT, ADD COLUMN sent TEXT`,
      `CREATE INDEX idx_gridwire_dead_letters_sent ON gridwire_dead_letters (sent) WHERE sent IS NOT NULL`,
      // In place of what was settled there are the columns above, so that TaylorDash lists what waits.
      `UPDATE gridwire_dead_letters g SET topic = coalesce(g.topic, d.original_topic),
          reason = coalesce(g.reason, d.failure_reason), record = d.payload::text,
          failed_at = (extract(epoch FROM d.created_at) * 1000)::int8,
          discarded_at = CASE WHEN g.state = 'discarded' THEN 0 END
        FROM dlq_events d WHERE d.id = g.id AND g.state IN ('recovered', 'discarded')`,
      `DELETE FROM dlq_events d USING gridwire_dead_letters g WHERE g.id = d.id AND g.failed_at IS NOT NULL`,
      `DROP VIEW gridwire_dead_letter_events`,
      `CREATE VIEW gridwire_dead_letter_events AS SELECT d.id, coalesce(g.topic, d.original_topic) AS topic, g.body,
          g.message, g.contract, g.type, coalesce(g.code, 'FLOW_FAILED') AS code,
          coalesce(g.reason, d.failure_reason) AS reason, coalesce(g.fault, 'permanent') AS fault, d.created_at,
          (extract(epoch FROM d.created_at) * 1000)::int8 AS failed_at, d.payload::text AS record,
          coalesce(g.state, 'waiting') AS state, coalesce(g.attempts, 0) AS attempts, g.last_error, g.recovered_at,
          g.discarded_at, coalesce(g.lineage, d.id) AS lineage
        FROM dlq_events d LEFT JOIN gridwire_dead_letters g ON g.id = d.id
        UNION ALL SELECT id, topic, body, message, contract, type, coalesce(code, 'FLOW_FAILED'), reason,
          coalesce(fault, 'permanent'), to_timestamp(failed_at / 1000.0), failed_at, record, state, attempts,
          last_error, recovered_at, discarded_at, coalesce(lineage, id)
        FROM gridwire_dead_letters WHERE failed_at IS NOT NULL`,
      // What is kept by Gridwire has the kind that Gridwire found, or none: as in SQLite.
      `CREATE OR REPLACE VIEW gridwire_mirror_events AS SELECT m.id, coalesce(g.topic, m.topic) AS topic,
          coalesce(g.body, convert_to(m.payload::text, 'UTF8')) AS body,
          CASE WHEN g.id IS NULL THEN m.payload->>'kind' ELSE g.kind END AS kind, g.contract, g.type, g.event_time,
          m.created_at, coalesce(g.recorded_at, (extract(epoch FROM m.created_at) * 1000)::int8) AS recorded_at,
          g.message
        FROM events_mirror m LEFT JOIN gridwire_mirror g ON g.id = m.id`,
    ],
  },
  {
    version: 6,
    name: 'origins of messages in the outbox',
    statements: [
      `ALTER TABLE gridwire_outbox ADD COLUMN origin TEXT`,
      `ALTER TABLE gridwire_outbox ADD COLUMN boot TEXT`,
      `ALTER TABLE gridwire_outbox ADD COLUMN uptime BIGINT`,
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
      `ALTER TABLE gridwire_parked ADD COLUMN written_at BIGINT NOT NULL DEFAULT 0`,
      `CREATE INDEX idx_gridwire_parked_kind ON gridwire_parked (queue, kind, held_by)`,
    ],
  },
  {
    version: 8,
    name: 'by which clock parked messages wait',
    statements: [
      `ALTER TABLE gridwire_parked ADD COLUMN boot TEXT`,
      `ALTER TABLE gridwire_parked ADD COLUMN uptime BIGINT`,
      `ALTER TABLE gridwire_parked ADD COLUMN expires_at BIGINT`,
    ],
  },
  {
    version: 9,
    name: 'marks by the digest of their id',
    statements: [
      // What has a digest's form was marked since they are used.
      `WITH plain AS (
          DELETE FROM gridwire_deduplication WHERE id !~ '^[A-Za-z0-9_-]{43}$' RETURNING scope, id, marked_at
        )
        INSERT INTO gridwire_deduplication (scope, id, marked_at)
          SELECT scope,
            translate(encode(sha256(convert_to(id, 'UTF8')), 'base64'), '+/=', '-_'), marked_at FROM plain
          ON CONFLICT (scope, id) DO UPDATE
            SET marked_at = greatest(gridwire_deduplication.marked_at, excluded.marked_at)`,
    ],
  },
];
