import { serve } from '../untrusted/serve.js';
import { type SchemaJob, writtenSchema } from './written-schema.js';

serve(({ schema, document }: SchemaJob) => writtenSchema(schema)(document));
