import type { AlertRuleData, ContractData, MemberData } from '../../src/contracts/contract-data.js';
import { Contract } from '../../src/contracts/contract.js';
import type { EventType } from '../../src/contracts/event-type.js';
import { schemaRows } from './schema-rows.js';
import { cell, code, table } from './markdown.js';

/** The documentation page of a contract, made of its data alone. */
export function contractPage(data: ContractData): string {
  const contract = new Contract(data);
  const parts = [
    `# ${data.title} (\`${data.name}\`)`,
    `<!-- Made by "npm run docs" from src/contracts/${data.name}; changes here are lost. -->`,
    data.description,
    facts(data),
    '## Event types',
    overview(contract),
    ...(data.envelope.payloadMember === '' ? [] : ['## Envelope', envelope(data)]),
    ...(data.alerts === undefined ? [] : ['## Alert thresholds', alerts(data)]),
    ...contract.types.map(typeSection),
    ...Object.entries(data.dialects).map(([name]) => dialectSection(data, name)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts(data: ContractData): string {
  const { retry, deadLetter } = data;
  return table(
    ['what', 'rule'],
    [
      ['source', data.source],
      ['topic prefix', data.prefix === '' ? 'none' : code(data.prefix)],
      [
        'times',
        `written as ${data.timeFormat ?? 'utc-milliseconds'}; without a zone read as ${data.timeZone}`,
      ],
      [
        'dead letters',
        `${code(deadLetter.topic)}, QoS ${deadLetter.qos}, ${deadLetter.form === 'original' ? 'the original bytes with the reason in headers' : 'a JSON record around the original'}`,
      ],
      [
        'refused events',
        `${retry.attempts} attempts, ${retry.delay} ms apart, times ${retry.factor} up to ${retry.maximumDelay} ms`,
      ],
      ['dialects', ['documented', ...Object.keys(data.dialects)].map(code).join(', ')],
      ...Object.entries(data.switches ?? {}).map(([name, { title, description }]) => [
        `switch ${code(name)}`,
        `${title}: ${description}`,
      ]),
    ],
  );
}

function overview(contract: Contract): string {
  return table(
    ['type', 'topic', 'QoS', 'retained', 'key', 'from', 'to'],
    contract.types.map(({ name, topic, data }) => [
      `[${name}](#${name})`,
      code(topic.text),
      String(data.qos),
      data.retain ? 'yes' : 'no',
      code(
        (data.keyPointer && [data.keyPointer].flat().join(', ')) ??
          (data.keyParameter === undefined ? '' : `{${data.keyParameter}}`),
      ),
      data.publisher ?? '',
      (data.consumers ?? []).join(', '),
    ]),
  );
}

function envelope({ envelope: { schema, members, typeMember } }: ContractData): string {
  const intro = typeMember === undefined ? '' : `The member ${code(typeMember)} names the type.\n\n`;
  const filled = table(
    ['member', 'filled in with'],
    Object.entries(members)
      .filter(([, rule]) => Object.keys(rule).length > 0)
      .map(([name, rule]) => [code(name), cell(ruleText(rule))]),
  );
  return `${intro}${schemaTable(schema)}\n\nWhat the flow does not give is filled in:\n\n${filled}`;
}

function ruleText(rule: MemberData): string {
  if (rule.members !== undefined) {
    return Object.entries(rule.members)
      .map(([name, inner]) => `${name}: ${ruleText(inner)}`)
      .join('; ');
  }
  const sources = [
    ...(rule.value === undefined ? [] : [JSON.stringify(rule.value)]),
    ...(rule.template === undefined ? [] : [rule.template]),
    ...(rule.from ?? []).map((pointer) => `payload ${pointer}`),
    ...(rule.otherwise === undefined ? [] : [JSON.stringify(rule.otherwise)]),
  ];
  return sources.join(', else ');
}

function alerts(data: ContractData): string {
  const becomes = data.ingest?.alert?.becomes;
  const intro =
    becomes === undefined
      ? ''
      : `Telemetry ingest tells of a measurement beyond one as [${becomes}](#${becomes}), if its panel says so.\n\n`;
  if (data.alertSets === undefined) return `${intro}${limits(data.alerts ?? [])}`;
  const sets = Object.values(data.alertSets).map(
    ({ title, description, rules }) => `### Of the ${title}\n\n${description}\n\n${limits(rules)}`,
  );
  return `${intro}The panel chooses the service; the first one counts otherwise.\n\n${sets.join('\n\n')}`;
}

function limits(rules: readonly AlertRuleData[]): string {
  return table(
    ['alert', 'member', 'limit', 'severity'],
    rules.map(({ type, member, above, below, severity }) => [
      code(type),
      code(member),
      above === undefined ? `below ${below ?? ''}` : `above ${above}`,
      severity,
    ]),
  );
}

function typeSection(type: EventType): string {
  const { data } = type;
  const rules = [
    `${type.data.role}, QoS ${data.qos}, ${data.retain ? 'retained' : 'not retained'}`,
    ...(data.timeToLive === undefined ? [] : [`not delivered after ${data.timeToLive} s`]),
    ...(data.liveFirst === true ? ['newest first after an outage'] : []),
    ...(data.log?.retentionDays === undefined ? [] : [`kept for ${data.log.retentionDays} days (Kafka)`]),
    ...Object.entries(data.logHeaders ?? {}).map(
      ([name, value]) => `Kafka header ${code(name)}: ${code(value)}`,
    ),
    ...(data.wireName === undefined ? [] : [`on the wire ${code(data.wireName)}`]),
    ...(data.recognisedBy === undefined
      ? []
      : [`recognised by ${data.recognisedBy.map(code).join(' and ')}`]),
    ...(data.switch === undefined ? [] : [`switch ${code(data.switch)}`]),
  ];
  const parameters = type.topic.parameters.map(({ name, definition }) => [
    code(`{${name}}`),
    definition.kind,
    definition.description,
    (definition.from ?? []).map(code).join(', '),
  ]);
  return [
    `### ${type.name}`,
    `${data.title}. ${data.description}`,
    `Topic ${code(type.topic.text)}; ${rules.join('; ')}. Source: ${data.source}.`,
    ...(parameters.length === 0 ? [] : [table(['parameter', 'kind', 'what', 'else from'], parameters)]),
    schemaTable(data.payload),
    ['```json', JSON.stringify(data.example, null, 2), '```'].join('\n'),
  ].join('\n\n');
}

function schemaTable(schema: Parameters<typeof schemaRows>[0]): string {
  const rows = schemaRows(schema);
  return rows.length === 0 ? 'Any JSON object.' : table(['member', 'type', 'required', 'unit', 'rule'], rows);
}

function dialectSection(data: ContractData, name: string): string {
  const dialect = data.dialects[name];
  const contract = new Contract(data, { dialect: name });
  return [
    `## Dialect \`${name}\``,
    dialect?.description ?? '',
    overview(contract).replaceAll(/\[([^\]]+)\]\(#[^)]+\)/g, '$1'),
  ].join('\n\n');
}
