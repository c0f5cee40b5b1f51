import type { Node, NodeAPI } from 'node-red';
import { DOWNSTREAM_RULES, type FindingKind, type Limits, type Verdict } from './downstream-rules.js';
import { handlerKind, type RuntimeNode } from './node-red.js';
import { nodesOf } from './reach.js';
import { nodeLabel } from './tracked-message.js';

export type { FindingKind, Limits } from './downstream-rules.js';

/** A node below a source that matters for the settlement of its messages. */
export interface Finding {
  kind: FindingKind;
  /** True where messages will not be settled by completion at all, or wrongly. */
  serious: boolean;
  nodeId: string;
  /** `type:name` for people. */
  node: string;
  /** The number the finding rests on: a count of messages, or milliseconds. */
  value?: number;
}

const SERIOUS: readonly FindingKind[] = [
  'window-never-fills',
  'outlasts-timeout',
  'may-never-complete',
  'sends-later',
];

/** Legacy types of Node-RED itself whose end is known all the same. */
const KNOWN_LEGACY = /^(switch|rbe|subflow-status|subflow:.*)$/;

/**
 * Looks at every node a source's messages can reach, over wires, links and subflows. Call it after `flows:started`:
 * before, the nodes are not there yet.
 * @param limits the source's window and settlement timeout
 */
export function analyseDownstream(RED: NodeAPI, source: Node, limits: Limits): Finding[] {
  const configs = configsById(RED);
  const findings: Finding[] = [];
  const seen = new Set<RuntimeNode>();
  // Behind a split, one message becomes any number: no window is too narrow there.
  const next = [{ node: source as unknown as RuntimeNode, limits }];
  for (let step = next.pop(); step; step = next.pop()) {
    const { node } = step;
    if (seen.has(node)) continue;
    seen.add(node);
    const config = configs.get(node._alias ?? node.id) ?? {};
    const beyond = node.type === 'split' ? { ...limits, window: Infinity } : step.limits;
    next.push(...following(RED, node, config).map((each) => ({ node: each, limits: beyond })));
    if (seen.size === 1) continue;
    const verdict = verdictOn(node, config, step.limits);
    if (verdict) findings.push(findingOf(node, verdict));
  }
  return findings;
}

/** One sentence with the remedy, for the log. */
export function findingText(finding: Finding, limits: Limits): string {
  const { node, value = 0 } = finding;
  const texts: Record<FindingKind, string> = {
    'holds-messages': `${node} holds messages; each takes a place in the window of ${limits.window} until it goes on.`,
    'window-never-fills': `${node} waits for ${value} messages, but only ${limits.window} are let through at one time: it will never be full. Raise the window, lower the count, or settle explicitly.`,
    'outlasts-timeout': `${node} can hold a message for ${value} ms, longer than the settlement timeout of ${limits.timeoutMs} ms. Raise the timeout or settle explicitly.`,
    'may-never-complete': `${node} keeps messages without reporting them done; they end by the settlement timeout. Settle explicitly behind it.`,
    'sends-later': `${node} reports a message done and sends later: it is settled too early. Settle explicitly behind it.`,
    'no-completion': `${node} does not report when it is done; it counts as finished a second after its last sign.`,
  };
  return texts[finding.kind];
}

function verdictOn(node: RuntimeNode, config: Record<string, unknown>, limits: Limits): Verdict | undefined {
  const rule = Object.hasOwn(DOWNSTREAM_RULES, node.type) ? DOWNSTREAM_RULES[node.type] : undefined;
  if (rule) return rule(config, limits);
  const silent = handlerKind(node) === 'legacy' && !KNOWN_LEGACY.test(node.type);
  return silent ? { kind: 'no-completion' } : undefined;
}

function findingOf(node: RuntimeNode, { kind, value }: Verdict): Finding {
  return {
    kind,
    serious: SERIOUS.includes(kind),
    nodeId: node.id,
    node: nodeLabel(node),
    ...(value === undefined ? {} : { value }),
  };
}

/** The nodes that messages go to from here: wires, and the far ends of links. */
function following(RED: NodeAPI, node: RuntimeNode, config: Record<string, unknown>): RuntimeNode[] {
  const ids = (node.wires ?? []).flat();
  if (node.type === 'link out' || node.type === 'link call') ids.push(...stringsOf(config['links']));
  return nodesOf(RED, node, ids);
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function configsById(RED: NodeAPI): Map<string, Record<string, unknown>> {
  const configs = new Map<string, Record<string, unknown>>();
  RED.nodes.eachNode((config) => configs.set(config.id, config as unknown as Record<string, unknown>));
  return configs;
}
