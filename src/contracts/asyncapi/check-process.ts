import { serve } from '../../untrusted/serve.js';
import type { ImportPreview } from './check.js';
import { readAsyncApi } from './import.js';

serve(({ text }: { text: string }): ImportPreview => {
  const { data, notes } = readAsyncApi(text);
  const types = Object.entries(data.types).map(([name, { topic }]) => ({ name, topic }));
  return { name: data.name, types, notes };
});
