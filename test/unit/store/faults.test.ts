import assert from 'node:assert/strict';
import type { GridwireError } from '../../../src/errors.js';
import { postgresError } from '../../../src/store/postgres/errors.js';
import { CommitUnknown } from '../../../src/store/postgres/session-errors.js';
import { sqliteError } from '../../../src/store/sqlite/errors.js';
import { storeAnswer } from '../../../src/store/store-answer.js';

const settings = { kind: 'postgres', host: 'h', database: 'd', user: 'u' } as const;
const postgres = (code: string): GridwireError =>
  postgresError(Object.assign(new Error('x'), { code }), settings);
const sqlite = (code: string): GridwireError =>
  sqliteError(Object.assign(new Error('x'), { code }), 'store.db');

/** Every class of appendix A of PostgreSQL's manual, and the codes that mean something else than their class. */
const POSTGRES = {
  STORE_REFUSED:
    '09000 0A000 0F000 0Z000 20000 21000 22000 22001 22003 22021 22P02 22P05 23000 23502 23505 23514 27000 2F000 38000 39000 42601 42804 42846 44000 54000 54001 54011 HV000 P0001 XX000',
  STORE_UNAVAILABLE:
    '03000 08000 08006 08P01 0B000 0L000 0P000 24000 25000 25006 25P02 25P03 26000 28000 28P01 2B000 2D000 34000 3B000 3D000 3F000 40001 40003 40P01 42501 42P01 42703 42883 53000 53200 53300 55000 55006 55P03 57014 57P01 57P02 57P03 57P05 58000 58030 72000 F0000 HV00N ZZ999',
  STORE_FULL: '53100',
  STORE_DAMAGED: 'XX001 XX002',
};

const SQLITE = {
  STORE_REFUSED:
    'SQLITE_ERROR SQLITE_TOOBIG SQLITE_CONSTRAINT SQLITE_CONSTRAINT_NOTNULL SQLITE_CONSTRAINT_PRIMARYKEY SQLITE_MISMATCH SQLITE_MISUSE SQLITE_FORMAT SQLITE_RANGE',
  STORE_UNAVAILABLE:
    'SQLITE_INTERNAL SQLITE_PERM SQLITE_ABORT SQLITE_ABORT_ROLLBACK SQLITE_BUSY SQLITE_BUSY_SNAPSHOT SQLITE_LOCKED SQLITE_NOMEM SQLITE_READONLY SQLITE_READONLY_DBMOVED SQLITE_INTERRUPT SQLITE_IOERR SQLITE_IOERR_WRITE SQLITE_IOERR_FSYNC SQLITE_CANTOPEN SQLITE_CANTOPEN_ISDIR SQLITE_PROTOCOL SQLITE_SCHEMA SQLITE_NOLFS SQLITE_AUTH EACCES EROFS EIO ENOENT EMFILE',
  STORE_FULL: 'SQLITE_FULL ENOSPC EDQUOT',
  STORE_DAMAGED: 'SQLITE_CORRUPT SQLITE_CORRUPT_VTAB SQLITE_NOTADB',
};

describe('store: what its faults mean', () => {
  for (const [code, states] of Object.entries(POSTGRES)) {
    it(`tells ${code} by PostgreSQL's code`, () => {
      for (const state of states.split(' ')) assert.equal(postgres(state).code, code, state);
    });
  }

  for (const [code, results] of Object.entries(SQLITE)) {
    it(`tells ${code} by SQLite's or the system's code`, () => {
      for (const result of results.split(' ')) assert.equal(sqlite(result).code, code, result);
    });
  }

  it('knows what is never to be tried again, what may be, and what may have happened', () => {
    assert.equal(storeAnswer(postgres('22021')), 'permanent');
    assert.equal(storeAnswer(sqlite('SQLITE_TOOBIG')), 'permanent');
    assert.equal(storeAnswer(postgres('57P01')), 'transient');
    assert.equal(storeAnswer(sqlite('SQLITE_BUSY')), 'transient');
    const cut = postgresError(new CommitUnknown('1', [], new Error('gone')), settings);
    assert.equal(storeAnswer(cut), 'unknown');
    assert.equal(storeAnswer(postgresError(new RangeError('too long'), settings)), 'permanent');
    assert.equal(storeAnswer(postgresError(new Error('Connection terminated'), settings)), 'transient');
    assert.equal(storeAnswer(new TypeError('a fault of ours')), 'permanent');
  });
});
