import type { NodeAPI } from 'node-red';

interface Stopping {
  type?: string;
  diff?: Record<string, unknown>;
}

/**
 * Calls back when Node-RED is about to stop all flows without replacing any: when it is being shut down, or restarts
 * its flows. A deploy that changes something is no shutdown.
 * @returns ends the watch
 */
export function onShutdown(RED: NodeAPI, shutDown: () => void): () => void {
  const listen = ({ type, diff = {} }: Stopping): void => {
    const changes = Object.values(diff).some((list) => Array.isArray(list) && list.length > 0);
    if (type === 'full' && !changes) shutDown();
  };
  RED.events.on('flows:stopping', listen);
  return () => RED.events.off('flows:stopping', listen);
}
