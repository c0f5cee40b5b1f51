import { userProperty } from '../../src/brokers/mqtt/user-property.js';
import type { StatusMessage } from '../../src/brokers/mqtt/connection/mqtt-settings.js';
import { joinPrefix } from '../../src/contracts/topic-template.js';
import type { Settings } from '../runtime/settings.js';

/** The messages about the client itself, by the beginning of their fields' names. */
export type StatusMoment = 'birth' | 'close' | 'will';

/** One of them as the panel has it; undefined where it has no topic. The prefix stands before its topic too. */
export function statusMessage(settings: Settings, moment: StatusMoment): StatusMessage | undefined {
  const topic = settings.text(`${moment}Topic`);
  const body = settings.text(`${moment}Payload`);
  if (topic === '') {
    if (body !== '') settings.fault(`${moment}Topic`, 'a message needs a topic.');
    return undefined;
  }
  if (/[+#]/.test(topic))
    settings.fault(`${moment}Topic`, 'a message is published to one topic, without + and #.');
  return {
    topic: joinPrefix(settings.text('topicPrefix'), topic),
    body,
    qos: Number(settings.choice(`${moment}Qos`, ['0', '1', '2'], '0')) as 0 | 1 | 2,
    retain: settings.flag(`${moment}Retain`, false),
  };
}

/** MQTT 5: what the broker is told on connecting, a line each: `name: value`. */
export function userProperties(settings: Settings): Record<string, string> | undefined {
  const lines = settings
    .text('userProperties')
    .split('\n')
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter(({ text }) => text !== '');
  if (lines.length === 0) return undefined;
  const pairs = lines.map(({ text, number }) => {
    const pair = userProperty(text);
    // By its number: a line may hold a token.
    if (pair === undefined)
      settings.fault('userProperties', `line ${number} must have the form name: value.`);
    return pair ?? ['', ''];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}
