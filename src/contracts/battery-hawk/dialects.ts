import type { DialectData } from '../contract-data.js';

/** The other form of topics in the same document: plural, and discovery beside its device. */
export const publisher: DialectData = {
  title: 'publisher topics',
  description: 'The plural topics that the same document gives in its usage section.',
  patch: {
    ingest: { filter: 'devices/#', ignored: ['discovery'] },
    types: {
      reading: { topic: 'devices/{mac}/readings' },
      status: { topic: 'devices/{mac}/status' },
      'vehicle-summary': { topic: 'vehicles/{vehicle}/summary' },
      'device-associated': { topic: 'vehicles/{vehicle}/device_associated' },
      discovery: { topic: 'devices/{mac}/discovered' },
    },
  },
};

const flattened = { rule: 'flatten', of: '/extra' };
/** What Gridwire's reader says of a frame's bytes stands one level deeper than in Battery Hawk. */
const frameFlattened = [
  { rule: 'copy', to: 'state', of: '/extra/unconfirmed/state_code' },
  { rule: 'copy', to: 'rapid_acceleration', of: '/extra/unconfirmed/rapid_acceleration' },
  { rule: 'copy', to: 'rapid_deceleration', of: '/extra/unconfirmed/rapid_deceleration' },
];
/** Its readings always have these, and null where the device does not measure it. */
const always = { rule: 'fill', of: ['current', 'temperature', 'state_of_charge'] };

/**
 * What the running code does: another prefix, QoS 1 for everything, the members of `extra` beside it too, and the latest
 * reading in every status.
 */
export const deployed: DialectData = {
  title: 'as deployed',
  description:
    'Joins an installation that runs Battery Hawk: prefix batteryhawk, QoS 1, extra flattened, the latest reading in every status.',
  patch: {
    prefix: 'batteryhawk',
    timeFormat: 'offset-microseconds',
    types: {
      reading: {
        envelope: {
          derived: [
            { rule: 'product', to: 'power', of: ['/voltage', '/current'] },
            ...frameFlattened,
            flattened,
            always,
          ],
        },
      },
      status: { envelope: { derived: [{ rule: 'flatten', of: '/latest_reading' }, flattened] } },
      'system-status': { qos: 1 },
      shutdown: { qos: 1 },
    },
  },
};
