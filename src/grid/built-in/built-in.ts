import type { Network } from '../network/network.js';
import { case33 } from './case33.js';
import { cigreLv } from './cigre-lv.js';
import { cigreMv } from './cigre-mv.js';
import { ieee13 } from './ieee13.js';
import { ieee34 } from './ieee34.js';
import { threeMicrogrids } from './three-microgrids.js';

/** The networks that come with Gridwire. Each call makes a new one, which its caller may change. */
export const BUILT_IN_NETWORKS = {
  ieee13,
  ieee34,
  case33,
  'cigre-lv': cigreLv,
  'cigre-mv': cigreMv,
  'cigre-mv-pv-wind': () => cigreMv('pv-wind'),
  'cigre-mv-all-der': () => cigreMv('all'),
  'three-microgrids': threeMicrogrids,
} as const satisfies Record<string, () => Network>;

export type BuiltInName = keyof typeof BUILT_IN_NETWORKS;

export function isBuiltInName(name: string): name is BuiltInName {
  return Object.hasOwn(BUILT_IN_NETWORKS, name);
}
