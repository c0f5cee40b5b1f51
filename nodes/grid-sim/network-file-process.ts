import { serve } from '../../src/untrusted/serve.js';
import type { NetworkFileJob } from './solve-network-file.js';
import { readAndSolve } from '../../src/grid/studies/network-file.js';

serve(({ text, start }: NetworkFileJob) => readAndSolve(text, start));
