import { nodeFidelity } from '../support/node-fidelity.js';
import { brokerNodes, requireBroker } from '../support/transports.js';

/** The brokers are shared with other suites and runs. */
const RUN = `nodes-${process.pid}-${Date.now()}`;

for (const [name, node] of Object.entries(brokerNodes('broker', RUN)))
  if (name !== 'memory')
    nodeFidelity(name, `${RUN}/${name.replaceAll(/[^A-Za-z0-9]/g, '')}/`, (context) =>
      requireBroker(context, name, node),
    );
