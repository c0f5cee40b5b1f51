import type { NodeAPI } from 'node-red';
import { contractDocument } from '../../src/contracts/asyncapi/export.js';
import { contracts } from '../../src/contracts/library/built-in.js';
import { Contract } from '../../src/contracts/contract.js';
import type { EventType } from '../../src/contracts/event-type.js';
import type { ContractData } from '../../src/contracts/contract-data.js';
import { toGridwireError } from '../../src/errors.js';
import { contractData } from '../runtime/contract-node.js';
import { deployedDocument } from './deployed-flows.js';

/** The part of Express that these routes use. */
interface Request {
  params: unknown;
}
interface Response {
  json(body: unknown): unknown;
  status(code: number): Response;
}

/**
 * What the panels need to know about contracts: `GET /gridwire/contracts` lists them with their dialects,
 * `GET /gridwire/contracts/{name}/{dialect}` describes the event types of one, `…/asyncapi` exports it as AsyncAPI 3, and
 * `GET /gridwire/asyncapi` does so for what the deployed flows send and receive.
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

  const withContract = (form: (contract: Contract) => object) => (request: Request, response: Response) => {
    const { name, dialect } = request.params as { name: string; dialect: string };
    try {
      response.json(form(new Contract(contractData(RED, name), { dialect })));
    } catch (thrown) {
      response.status(404).json({ error: toGridwireError(thrown).code });
    }
  };
  RED.httpAdmin.get('/gridwire/contracts/:name/:dialect', mayRead, withContract(describe));
  RED.httpAdmin.get('/gridwire/contracts/:name/:dialect/asyncapi', mayRead, withContract(contractDocument));

  RED.httpAdmin.get('/gridwire/asyncapi', mayRead, (_request, response) => {
    response.json(deployedDocument(RED));
  });
}

function describe(contract: Contract): object {
  return {
    name: contract.name,
    dialect: contract.dialect,
    prefix: contract.prefix,
    switches: Object.entries(contract.data.switches ?? {}).map(([name, { title }]) => ({ name, title })),
    ...alertsOf(contract.data),
    types: contract.types.map((type) => ({
      name: type.name,
      title: type.data.title,
      description: type.data.description,
      role: type.data.role,
      topic: type.data.topic,
      parameters: type.topic.parameters.map(({ name, definition }) => ({ name, ...definition })),
      keyParameter: keyParameterOf(type, contract),
      qos: type.data.qos,
      retain: type.data.retain,
      timeToLive: type.data.timeToLive,
      liveFirst: type.data.liveFirst,
      payload: type.data.payload,
      example: type.data.example,
      exampleParameters: type.data.exampleParameters ?? {},
    })),
  };
}

/** The parameter that stands in the key alone; undefined where the topic has it, or it is made of the topic's. */
function keyParameterOf({ data, topic }: EventType, contract: Contract): object | undefined {
  const { keyParameter: name, derivedParameters = {} } = data;
  if (name === undefined || Object.hasOwn(derivedParameters, name)) return undefined;
  if (topic.parameters.some((parameter) => parameter.name === name)) return undefined;
  return { name, ...(data.parameters?.[name] ?? contract.data.parameters[name]) };
}

function alertsOf({ alerts: rules, alertSets = {}, ingest }: ContractData): object {
  return rules === undefined || ingest?.alert === undefined
    ? {}
    : { alerts: { rules, severities: ingest.alert.severities, sets: alertSets } };
}
