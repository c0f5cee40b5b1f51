import type { Node, NodeAPI } from 'node-red';
import { GridwireError, errorText } from '../../src/errors.js';
import { substituteVariables } from '../../src/variables.js';
import { wholeNumber } from '../../src/written.js';

export interface SettingFault {
  field: string;
  message: string;
}

interface NumberRange {
  minimum: number;
  maximum: number;
  otherwise: number;
}

/**
 * Reads a node's settings at deploy time: fills in variables, checks every field, and collects all that is wrong, so
 * that one log line tells the operator everything. Flows written by hand or by an older version get the same checks
 * as the panel.
 */
export class Settings {
  private readonly faults: SettingFault[] = [];

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly config: object,
  ) {}

  /** Of the node whose settings they are. */
  get nodeId(): string {
    return this.node.id;
  }

  /** A text with variables filled in, trimmed; `otherwise` where it is empty. */
  text(field: string, otherwise = ''): string {
    const value = this.fill(field, this.written(field)).trim();
    return value === '' ? otherwise : value;
  }

  /** A text as it is written, without variables. */
  verbatim(field: string): string {
    return this.written(field);
  }

  required(field: string, what: string): string {
    const value = this.text(field);
    if (value === '') this.fault(field, `${what} is missing.`);
    return value;
  }

  integer(field: string, { minimum, maximum, otherwise }: NumberRange): number {
    const written = this.text(field);
    if (written === '') return otherwise;
    const value = wholeNumber(written);
    if (value === undefined || value < minimum || value > maximum) {
      this.fault(field, `must be a whole number from ${minimum} to ${maximum}; found "${written}".`);
      return otherwise;
    }
    return value;
  }

  choice<T extends string>(field: string, choices: readonly T[], otherwise: T): T {
    const written = this.text(field);
    if (written === '') return otherwise;
    if (!(choices as readonly string[]).includes(written)) {
      this.fault(field, `must be one of ${choices.join(', ')}; found "${written}".`);
      return otherwise;
    }
    return written as T;
  }

  flag(field: string, otherwise: boolean): boolean {
    const raw = this.raw(field);
    if (typeof raw === 'boolean') return raw;
    if (raw === 'true' || raw === 'false') return raw === 'true';
    if (raw !== undefined && raw !== null && raw !== '') this.fault(field, 'must be true or false.');
    return otherwise;
  }

  /** Another node that this one refers to; undefined, and a fault, if it is missing or disabled. */
  configNode<T extends Node>(field: string, type: string, what: string): T | undefined {
    const id = this.raw(field);
    const other =
      typeof id === 'string' && id !== '' ? (this.RED.nodes.getNode(id) as T | undefined) : undefined;
    if (other?.type !== type) {
      this.fault(field, `choose ${what}; the one that was chosen is missing or disabled.`);
      return undefined;
    }
    return other;
  }

  /** Credentials take variables too; one that is empty is none. */
  credential(field: string): string | undefined {
    const credentials = this.node.credentials as Record<string, unknown> | undefined;
    const written = credentials?.[field];
    const value = typeof written === 'string' ? this.fill(field, written) : '';
    return value === '' ? undefined : value;
  }

  /** A list that the panel keeps: its rows as they were saved, which may be anything. */
  rows<Row extends object>(field: string): Partial<Row>[] {
    const raw = this.raw(field) ?? '';
    const isList = Array.isArray(raw) && raw.every((row) => typeof row === 'object' && row !== null);
    if (isList) return raw as Partial<Row>[];
    if (raw !== '') this.fault(field, 'must be a list of rows, each an object of names and values.');
    return [];
  }

  /** The same settings, some of them replaced; with faults of their own. */
  with(replaced: object): Settings {
    return new Settings(this.RED, this.node, { ...this.config, ...replaced });
  }

  fault(field: string, message: string): void {
    this.faults.push({ field, message });
  }

  get hasFaults(): boolean {
    return this.faults.length > 0;
  }

  /** Runs a check of the core and books what it throws under a field. */
  check<T>(field: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.fault(field, errorText(error));
      return undefined;
    }
  }

  /** @throws GridwireError `SETTING_INVALID` naming every field that cannot work */
  finish(): void {
    if (this.faults.length === 0) return;
    const list = this.faults.map(({ field, message }) => `${field}: ${message}`).join(' ');
    throw new GridwireError('SETTING_INVALID', `The settings cannot work. ${list}`, {
      details: { faults: this.faults },
    });
  }

  /** Fills in variables; `''`, and a fault, for one that is not set. */
  fill(field: string, text: string): string {
    const filled = this.check(field, () => substituteVariables(text, (name) => this.variable(name)));
    return filled ?? '';
  }

  /** Faults, and `''`, for what is no text: a flow that is written by hand may have anything there. */
  private written(field: string): string {
    const raw = this.raw(field) ?? '';
    if (typeof raw === 'string') return raw;
    if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
    this.fault(field, 'must be a text.');
    return '';
  }

  private raw(field: string): unknown {
    return (this.config as Record<string, unknown>)[field];
  }

  private variable(name: string): string | undefined {
    const value: unknown = this.RED.util.evaluateNodeProperty(name, 'env', this.node, {});
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
  }
}
