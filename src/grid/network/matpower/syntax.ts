import type { Matrix } from './matrix.js';

export type Expression =
  | { kind: 'table'; rows: Matrix }
  | { kind: 'text'; text: string }
  | { kind: 'cell' }
  | { kind: 'rows'; rows: Expression[][] }
  | { kind: 'name'; name: string }
  | { kind: 'call'; name: string; given: Expression[] }
  | { kind: 'all' }
  | { kind: 'end' }
  | { kind: 'range'; from: Expression; step?: Expression; to: Expression }
  | { kind: 'one-sided'; operator: string; operand: Expression }
  | { kind: 'two-sided'; operator: string; left: Expression; right: Expression };

export interface Target {
  name: string;
  /** Rows and columns, where a part of a table is assigned to. */
  places?: Expression[];
}

export type Statement = { line: number } & (
  | { kind: 'assign'; targets: (Target | undefined)[]; value: Expression }
  | { kind: 'if'; branches: { condition: Expression; body: Statement[] }[]; otherwise: Statement[] }
  | { kind: 'for'; name: string; values: Expression; body: Statement[] }
  | { kind: 'while'; condition: Expression; body: Statement[] }
  | { kind: 'leave'; how: 'break' | 'continue' | 'return' }
  | { kind: 'function'; name: string; outputs: string[] }
  | { kind: 'call'; value: Expression }
);
