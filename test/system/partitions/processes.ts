import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';
import { type PipelineOptions, type PipelineServices, credentialsOf, sharedPipeline } from './pipeline.js';

const PATIENCE = 60_000;

/** Node-RED processes that share one pipeline. */
export class Processes {
  readonly alive: NodeRedProcess[] = [];
  private count = 0;

  constructor(
    private readonly services: PipelineServices,
    private readonly options: PipelineOptions,
  ) {}

  async start(): Promise<NodeRedProcess> {
    this.count += 1;
    const flows = sharedPipeline(this.services, this.options);
    const credentials = credentialsOf(this.services);
    const env = { INSTANCE: `process-${this.count}` };
    const nodeRed = await NodeRedProcess.start({ flows, credentials, env });
    this.alive.push(nodeRed);
    return nodeRed;
  }

  /** Waits until every partition is worked on, and by all of them. */
  async spread(): Promise<void> {
    const total = this.options.sites + 1;
    const least = Math.floor(total / this.alive.length);
    await until(
      'the partitions are spread',
      () => {
        const counts = this.alive.map((nodeRed) => sitesOf(nodeRed).length);
        return counts.reduce((sum, count) => sum + count, 0) === total && Math.min(...counts) >= least;
      },
      PATIENCE,
    );
  }

  async kill(nodeRed: NodeRedProcess): Promise<void> {
    this.alive.splice(this.alive.indexOf(nodeRed), 1);
    await nodeRed.kill();
  }

  async stop(): Promise<void> {
    await Promise.all(this.alive.map((nodeRed) => nodeRed.stop()));
  }
}

/** The sites a process works on, as it says in its log; NaN for the rest. */
export function sitesOf(nodeRed: NodeRedProcess): number[] {
  const told = nodeRed.lines.filter((line) => /Works on \d+ of \d+ partitions/.test(line)).at(-1);
  const names = /partitions: (.*)$/.exec(told ?? '')?.[1];
  return names === undefined
    ? []
    : names.split(', ').map((name) => Number(/^sites\/(\d+)\//.exec(name)?.[1]));
}
