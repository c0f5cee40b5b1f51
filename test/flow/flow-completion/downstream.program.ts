/** Deploys flows and reports what the analysis says about the nodes below their sources. */
import { analyseDownstream, findingText, type Finding } from '../../../nodes/flow-completion/index.js';
import { startNodeRed } from '../../support/node-red-runtime.js';
import { downstreamFlows, LIMITS } from './downstream-flows.js';
import { TestBench } from './test-nodes.js';

export interface DownstreamReport {
  findings: Finding[][];
  texts: string[];
}

export default async function run(): Promise<DownstreamReport> {
  const bench = new TestBench();
  const nodeRed = await startNodeRed({ nodes: bench.nodes });
  await nodeRed.deploy(
    downstreamFlows.flatMap(({ nodes }, index) => {
      const z = `tab${String(index)}`;
      return [
        { id: z, type: 'tab', label: z },
        { id: `source-${z}`, type: 'test source', z, x: 1, y: 1, wires: [[nodes[0]!.id]] },
        ...nodes.map((each) => (each.type === 'subflow' ? each : { z, x: 1, y: 1, ...each })),
      ];
    }),
  );
  const findings = downstreamFlows.map((_, index) =>
    analyseDownstream(nodeRed.RED, bench.source(`source-tab${String(index)}`), LIMITS),
  );
  await nodeRed.stop();
  return { findings, texts: findings.flat().map((finding) => findingText(finding, LIMITS)) };
}
