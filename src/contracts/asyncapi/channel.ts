import { BOUNDS } from '../../bounds.js';
import { GridwireError } from '../../errors.js';
import type { JsonObject } from '../../event.js';
import type { ParameterData } from '../contract-data.js';
import { isObject } from '../json/json-value.js';
import { describe } from '../schemas.js';
import type { ImportNotes } from './notes.js';
import { objectAt } from './parts.js';

/** A channel's address as a topic template, and its parameters. */
export interface ChannelTopic {
  topic: string;
  parameters: Record<string, ParameterData>;
  /** The protocols that the channel is bound to. */
  bindings: string[];
}

/**
 * @param channel with its references resolved
 * @returns undefined, with a note, for a channel that has no address that can be a topic
 */
export function channelTopic(id: string, channel: JsonObject, notes: ImportNotes): ChannelTopic | undefined {
  const { address } = channel;
  if (typeof address !== 'string' || address === '') {
    notes.add(
      `The channel ${id} has no address; whoever replies there must know it otherwise. It is left out.`,
    );
    return undefined;
  }
  if (address.length > BOUNDS.templateCharacters) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      `The channel ${id} has an address of more than ${BOUNDS.templateCharacters} characters.`,
    );
  }
  const described = isObject(channel['parameters']) ? channel['parameters'] : {};
  const parameters: Record<string, ParameterData> = {};
  const names = new Map<string, string>();
  const topic = address.replaceAll(/\{([^{}]*)\}/g, (_whole, written: string) => {
    const name = names.get(written) ?? freeName(written, parameters);
    names.set(written, name);
    const member = Object.hasOwn(described, written) ? described[written] : undefined;
    parameters[name] = parameterOf(written, isObject(member) ? member : {}, notes);
    return `{${name}}`;
  });
  return { topic, parameters, bindings: Object.keys(objectAt(channel, 'bindings')) };
}

function parameterOf(name: string, parameter: JsonObject, notes: ImportNotes): ParameterData {
  const location = parameter['location'];
  const from = typeof location === 'string' ? /^\$message\.payload#(\/.*)$/.exec(location)?.[1] : undefined;
  if (location !== undefined && from === undefined) {
    notes.add(`The parameter ${name} is not taken from ${describe(location)}, but from the topic alone.`);
  }
  const { description, default: otherwise, enum: allowed } = parameter;
  const values = Array.isArray(allowed) ? allowed.filter((value) => typeof value === 'string') : [];
  return {
    description: typeof description === 'string' ? description : name,
    kind: 'identifier',
    ...(from === undefined ? {} : { from: [from] }),
    ...(typeof otherwise === 'string' ? { default: otherwise } : {}),
    ...(values.length === 0 ? {} : { values }),
  };
}

/** A placeholder has letters, digits and `_`; two parameters that become one get a number. */
function freeName(written: string, taken: Readonly<Record<string, ParameterData>>): string {
  const plain = written.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?![A-Za-z])/, 'p');
  let name = plain;
  for (let number = 2; Object.hasOwn(taken, name); number += 1) name = `${plain}_${number}`;
  return name;
}
