import { errors } from './errors.js';
import { functions } from './functions.js';
import { network } from './network.js';
import { outside } from './outside.js';
import { routing } from './routing.js';
import type { Scenario } from './scenario.js';
import { sequences } from './sequences.js';
import { structure } from './structure.js';
import { timing } from './timing.js';

export const scenarios: Scenario[] = [
  ...functions,
  ...routing,
  ...sequences,
  ...timing,
  ...errors,
  ...structure,
  ...outside,
  ...network,
];
