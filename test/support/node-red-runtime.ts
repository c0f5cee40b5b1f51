import { once, type EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { NodeAPI } from 'node-red';

/** A node as it stands in a flow file. */
export interface FlowNode {
  id: string;
  type: string;
  z?: string;
  wires?: string[][];
  [setting: string]: unknown;
}

export interface EmbeddedNodeRed {
  RED: NodeAPI;
  version: string;
  deploy(flow: FlowNode[], type?: 'full' | 'nodes' | 'flows'): Promise<void>;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Registers the test's own node types. */
  nodes?: (RED: NodeAPI) => void;
  settings?: Record<string, unknown>;
}

/** The Node-RED package the tests run on: `GRIDWIRE_NODE_RED` is `5` (default) or `4`. */
export function nodeRedPackage(): string {
  return process.env['GRIDWIRE_NODE_RED'] === '4' ? 'node-red-4' : 'node-red';
}

interface NodeRedModule {
  init(server: unknown, settings: Record<string, unknown>): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  version(): string;
  events: EventEmitter;
  runtime: {
    flows: { setFlows(options: { flows: { flows: FlowNode[] }; deploymentType: string }): Promise<unknown> };
  };
}

/**
 * Starts a real Node-RED in this process, without editor, admin API or log output, in a folder of its own. Node-RED
 * can be started once per process: tests use it through `runInNodeRed`.
 */
export async function startNodeRed(options: EmbeddedOptions = {}): Promise<EmbeddedNodeRed> {
  const userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-node-red-'));
  const load = createRequire(__filename);
  const nodeRed = load(nodeRedPackage()) as NodeRedModule;
  let handedOver: NodeAPI | undefined;
  const key = Symbol.for('gridwire.test.nodes');
  (globalThis as Record<symbol, unknown>)[key] = (RED: NodeAPI) => {
    handedOver = RED;
    options.nodes?.(RED);
  };
  const nodesDir = path.join(userDir, 'test-nodes');
  mkdirSync(nodesDir);
  writeFileSync(
    path.join(nodesDir, 'test-nodes.js'),
    "module.exports = (RED) => globalThis[Symbol.for('gridwire.test.nodes')](RED);\n",
  );
  writeFileSync(path.join(nodesDir, 'test-nodes.html'), '<script></script>\n');
  const server = createServer();
  nodeRed.init(server, {
    userDir,
    nodesDir: [nodesDir],
    flowFile: 'flows.json',
    httpAdminRoot: false,
    httpNodeRoot: false,
    credentialSecret: false,
    logging: { console: { level: 'off', metrics: false, audit: false } },
    telemetry: { enabled: false, updateNotification: false },
    functionExternalModules: false,
    ...options.settings,
  });
  // `start` returns before the flows have been started, if only the empty ones of a new folder.
  const started = once(nodeRed.events, 'flows:started');
  await nodeRed.start();
  await started;
  if (!handedOver) throw new Error('Node-RED did not load the test nodes.');
  const RED = handedOver;
  return {
    RED,
    version: nodeRed.version(),
    deploy: async (flow, type = 'full') => {
      // The call returns while the nodes are still being started.
      const deployed = once(RED.events, 'flows:started');
      await nodeRed.runtime.flows.setFlows({ flows: { flows: flow }, deploymentType: type });
      await deployed;
    },
    stop: async () => {
      await nodeRed.stop();
      server.close();
      rmSync(userDir, { recursive: true, force: true });
    },
  };
}
