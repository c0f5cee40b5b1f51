import type { Json, Qos } from '../event.js';
import type { ContractData, EnvelopeData, EventTypeData, ParameterData } from './contract-data.js';
import { compileFirstText, compilePointer } from './json/pointer.js';
import { shapedObject } from './json/shaped-object.js';
import { parseTime, timeOrNone } from './time/timestamp.js';
import type { TopicTemplate } from './topic-template.js';

/**
 * What is asked of a type for each of its events. A contract's data has only those members that somebody wrote; these are
 * always the same ones, so that none has to be looked for.
 */
export interface EventRules {
  payloadMember: string;
  isBare: boolean;
  isPayloadChecked: boolean;
  typeMember: string | undefined;
  wireName: string | undefined;
  /** The moment that a document names. @throws GridwireError `TIME_INVALID` */
  timeOf: ((document: Json) => number | undefined) | undefined;
  qos: Qos;
  retain: boolean;
  timeToLive: number | undefined;
  keyParameter: string | undefined;
  /** The key that a document names, where it is no parameter. */
  keyIn: (document: Json) => string | undefined;
  /** The parameters of its topic, with what they are in a document, and what they are otherwise. */
  topic: readonly {
    name: string;
    textIn: (document: Json) => string | undefined;
    otherwise: string | undefined;
  }[];
  /** Those that the document must name as the topic does, with where it does. */
  mustAgree: readonly {
    name: string;
    definition: ParameterData;
    path: string;
    textIn: (document: Json) => string | undefined;
  }[];
  /** Puts the values of these into an object, by their names; those that have none are left out. */
  parametersOf: (values: readonly (string | undefined)[]) => Record<string, string>;
  /** Parameters that are made of others, with the templates of their texts. */
  derived: readonly (readonly [name: string, template: string])[];
}

export function eventRules(
  data: EventTypeData,
  envelope: EnvelopeData,
  contract: ContractData,
  topic: TopicTemplate,
): EventRules {
  const { payloadMember, bare, checkPayload, typeMember, timePointer } = envelope;
  return {
    payloadMember,
    isBare: bare === true,
    isPayloadChecked: checkPayload !== false,
    typeMember,
    wireName: data.wireName,
    timeOf: timePointer === undefined ? undefined : timeAt(timePointer, envelope, contract),
    qos: data.qos,
    retain: data.retain,
    timeToLive: data.timeToLive,
    keyParameter: data.keyParameter,
    keyIn: compileFirstText(data.keyPointer === undefined ? [] : [data.keyPointer].flat()),
    topic: topic.parameters.map(({ name, definition: { from = [], default: otherwise } }) => ({
      ...{ name, textIn: compileFirstText(from), otherwise },
    })),
    mustAgree: topic.parameters
      .filter(({ definition }) => definition.mustAgree === true)
      .map(({ name, definition }) => {
        const [path = ''] = definition.from ?? [];
        return { name, definition, path, textIn: compileFirstText([path]) };
      }),
    parametersOf: shapedObject<string>(topic.parameters.map(({ name }) => name)),
    derived: Object.entries(data.derivedParameters ?? {}),
  };
}

function timeAt(
  pointer: string,
  { timeOptional }: EnvelopeData,
  { timeZone, timeArrays }: ContractData,
): (document: Json) => number | undefined {
  const valueIn = compilePointer(pointer);
  const read = timeOptional === true ? timeOrNone : parseTime;
  const forms = { arrays: timeArrays === true };
  return (document) => {
    const value = valueIn(document);
    return value === undefined || value === null ? undefined : read(value, timeZone, forms);
  };
}
