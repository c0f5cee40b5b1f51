import { FlowSolver, type FlowJob } from '../../src/grid/studies/flow-job.js';
import { serve } from '../../src/untrusted/serve.js';

const solver = new FlowSolver();

serve((job: FlowJob) => solver.solve(job));
