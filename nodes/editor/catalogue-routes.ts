import type { NodeAPI } from 'node-red';
import { contractDocument } from '../../src/contracts/asyncapi/export.js';
import { contracts } from '../../src/contracts/library/built-in.js';
import { Contract } from '../../src/contracts/contract.js';
import type { EventType } from '../../src/contracts/event-type.js';
import type { ContractData } from '../../src/contracts/contract-data.js';
import { toGridwireError } from '../../src/errors.js';
import { type AdminHandler, adminRoute } from '../runtime/admin-route.js';
import { contractData } from '../runtime/contract-node.js';
import { deployedDocument } from './deployed-flows.js';

/**
 * What the panels need to know about contracts: `GET /gridwire/contracts` lists them with their dialects,
 * `GET /gridwire/contracts/{name}/{dialect}` describes the event types of one, `…/asyncapi` exports it as AsyncAPI 3, and
 * `GET /gridwire/asyncapi` does so for what the deployed flows send and receive.
 */
export function registerRoutes(RED: NodeAPI): void {
  const access = { right: 'states', formerly: 'gridwire-contracts.read' } as const;

  adminRoute(RED, 'get', '/gridwire/contracts', access, (_request, response) => {
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

  const withContract =
    (form: (contract: Contract) => object): AdminHandler =>
    (request, response) => {
      const { name = '', dialect = 'documented' } = request.params;
      try {
        response.json(form(new Contract(contractData(RED, name), { dialect })));
      } catch (thrown) {
        response.status(404).json({ error: toGridwireError(thrown).code });
      }
    };
  adminRoute(RED, 'get', '/gridwire/contracts/:name/:dialect', access, withContract(describe));
  adminRoute(
    RED,
    'get',
    '/gridwire/contracts/:name/:dialect/asyncapi',
    access,
    withContract(contractDocument),
  );

  adminRoute(RED, 'get', '/gridwire/asyncapi', access, (_request, response) => {
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
