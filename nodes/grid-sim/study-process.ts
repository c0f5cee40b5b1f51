import { runStudy, type StudyJob } from '../../src/grid/studies/study-job.js';
import { serve } from '../../src/untrusted/serve.js';

serve((job: StudyJob, onProgress) => runStudy(job, { onProgress }));
