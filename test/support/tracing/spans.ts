import path from 'node:path';
import type { NodeRedProcess } from '../node-red-process.js';

/** To be loaded before Node-RED: prints every span that has ended. */
export const SDK = path.join(__dirname, 'sdk.cjs');
const PATIENCE = 30_000;

/** A span as OpenTelemetry's SDK has it. */
export interface Span {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parent?: string;
  attributes: Record<string, unknown>;
  status: { code: number };
}

/** The first span of an operation of a node, which has ended or will. */
export async function spanOf(nodeRed: NodeRedProcess, operation: string, node: string): Promise<Span> {
  const line = await nodeRed.waitForLine(
    new RegExp(`SPAN .*"name":"${operation} .*"gridwire.node":"${node}"`),
    PATIENCE,
  );
  return JSON.parse(line.slice(line.indexOf('{'))) as Span;
}
