import type { NodeAPI } from 'node-red';
import { Observer } from '../../src/observe/conditions/observer.js';

/** One for a process: that is what facts are told in. */
let observer: Observer | undefined;

/** Watches this process from the first call on. */
export function processObserver(RED: NodeAPI): Observer {
  return (observer ??= new Observer(RED.settings.userDir ?? process.cwd()));
}
