import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  defineNode(RED, 'gridwire-vehicle-summary', () => require('./set-up.js') as typeof SetUp);
}
