import type { DialectData } from '../contract-data.js';

/** The other form of topics in the same document: plural, and discovery beside its device. */
export const publisher: DialectData = {
  title: 'publisher topics',
  description: 'The plural topics that the same document gives in its usage section.',
  patch: {
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

/** What the running code does: another prefix, QoS 1 for everything, and the members of `extra` beside it too. */
export const deployed: DialectData = {
  title: 'as deployed',
  description: 'Joins an installation that runs Battery Hawk: prefix batteryhawk, QoS 1, extra flattened.',
  patch: {
    prefix: 'batteryhawk',
    timeFormat: 'offset-microseconds',
    types: {
      reading: {
        envelope: { derived: [{ rule: 'product', to: 'power', of: ['/voltage', '/current'] }, flattened] },
      },
      status: { envelope: { derived: [flattened] } },
      'system-status': { qos: 1 },
      shutdown: { qos: 1 },
    },
  },
};
