import type { NodeAPI } from 'node-red';
import { contracts } from '../../src/contracts/built-in.js';
import { Contract } from '../../src/contracts/contract.js';
import { toGridwireError } from '../../src/errors.js';

/**
 * What the panels need to know about contracts: `GET /gridwire/contracts` lists them with their dialects,
 * `GET /gridwire/contracts/{name}/{dialect}` describes the event types of one.
 */
export function registerCatalogueRoutes(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('gridwire-contracts.read');

  RED.httpAdmin.get('/gridwire/contracts', mayRead, (_request, response) => {
    response.json(
      Object.values(contracts).map(({ name, title, description, prefix, dialects, ingest }) => ({
        name,
        title,
        description,
        prefix,
        ingests: ingest !== undefined,
        dialects: Object.entries(dialects).map(([dialect, data]) => ({ name: dialect, title: data.title })),
      })),
    );
  });

  RED.httpAdmin.get('/gridwire/contracts/:name/:dialect', mayRead, (request, response) => {
    const { name, dialect } = request.params as { name: string; dialect: string };
    const data = Object.hasOwn(contracts, name) ? contracts[name] : undefined;
    if (data === undefined) {
      response.status(404).json({ error: 'CONTRACT_UNKNOWN' });
      return;
    }
    try {
      response.json(describe(new Contract(data, { dialect })));
    } catch (thrown) {
      response.status(404).json({ error: toGridwireError(thrown).code });
    }
  });
}

function describe(contract: Contract): object {
  return {
    name: contract.name,
    dialect: contract.dialect,
    prefix: contract.prefix,
    types: contract.types.map((type) => ({
      name: type.name,
      title: type.data.title,
      description: type.data.description,
      role: type.data.role,
      topic: type.data.topic,
      parameters: type.topic.parameters.map(({ name, definition }) => ({ name, ...definition })),
      qos: type.data.qos,
      retain: type.data.retain,
      timeToLive: type.data.timeToLive,
      payload: type.data.payload,
      example: type.data.example,
      exampleParameters: type.data.exampleParameters ?? {},
    })),
  };
}
