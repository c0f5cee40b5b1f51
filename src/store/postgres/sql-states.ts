/**
 * What PostgreSQL's error codes (appendix A of its manual) mean. `data`: this row can never be written. `database`: the
 * database cannot at the moment, whatever the row. `full`: its disk. `damaged`: its files.
 */
export type SqlStateMeaning = 'data' | 'database' | 'full' | 'damaged';

/** By class: the first two characters. */
const CLASSES: Readonly<Record<string, SqlStateMeaning>> = {
  '03': 'database', // statement not yet complete
  '08': 'database', // connection
  '09': 'data', // a trigger of somebody else's
  '0A': 'data', // feature not supported
  '0B': 'database', // transaction initiation
  '0F': 'data',
  '0L': 'database', // grantor
  '0P': 'database', // role
  '0Z': 'data',
  '20': 'data',
  '21': 'data',
  '22': 'data', // out of range, no JSON, no text
  '23': 'data', // constraints
  '24': 'database',
  '25': 'database', // state of the transaction; a server that is read-only for now
  '26': 'database', // a statement that a pooler has forgotten
  '27': 'data',
  '28': 'database', // authorisation, until somebody grants it
  '2B': 'database',
  '2D': 'database',
  '2F': 'data',
  '34': 'database',
  '38': 'data', // routines of somebody else's
  '39': 'data',
  '3B': 'database',
  '3D': 'database', // no such database
  '3F': 'database', // no such schema
  '40': 'database', // rolled back: deadlock, serialisation
  '42': 'data', // syntax and rules
  '44': 'data',
  '53': 'database', // memory, connections
  '54': 'data', // larger than an index entry, a message, a stack
  '55': 'database', // locked, not ready
  '57': 'database', // cancelled, shut down
  '58': 'database', // the machine
  '72': 'database',
  F0: 'database',
  HV: 'data',
  P0: 'data', // raised by a trigger of somebody else's
  XX: 'data', // internal: among others, a value too large to be held
};

/** By code, where it differs from its class. */
const CODES: Readonly<Record<string, SqlStateMeaning>> = {
  // Rights and tables that somebody took away can come back; the statements are always the same ones.
  '42501': 'database',
  '42P01': 'database',
  '42703': 'database',
  '42704': 'database',
  '42883': 'database',
  '42939': 'database',
  '53100': 'full',
  HV00N: 'database',
  XX001: 'damaged',
  XX002: 'damaged',
};

/** @param state a SQLSTATE of five characters; one that is in no list says nothing about the row */
export function meaningOf(state: string): SqlStateMeaning {
  return CODES[state] ?? CLASSES[state.slice(0, 2)] ?? 'database';
}
