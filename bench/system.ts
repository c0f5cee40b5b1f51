import { startBento } from '../scripts/services/bento/bento.js';
import type { FlowNode } from '../test/support/node-red-admin.js';
import { NodeRedProcess } from '../test/support/node-red-process.js';

/** What takes messages from one broker to another: one process, whose processor time is counted. */
export interface System {
  readonly pid: number;
  /** What it has printed, where that is kept. */
  readonly lines?: readonly string[];
  /** Ends it at once; what is under way is not waited for. */
  kill(): Promise<void>;
}

/** A fresh Node-RED 5. @param folder of the package; this one's by default */
export function nodeRedWith(flows: readonly FlowNode[], folder?: string): Promise<NodeRedProcess> {
  return NodeRedProcess.start({ version: '5', flows, ...(folder === undefined ? {} : { package: folder }) });
}

/** Bento with a configuration of its own. @throws ServiceUnavailable */
export async function bentoWith(config: Readonly<Record<string, unknown>>): Promise<System> {
  const bento = await startBento(config);
  return { pid: bento.pid, kill: () => bento.stop() };
}
