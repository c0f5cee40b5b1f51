/**
 * What a person may be allowed to do, as an operator thinks of it. Each right is a permission of Node-RED, so that
 * `permissions` of `adminAuth` name it; `*`, `read` and `write` mean there what they mean everywhere. The editor and the
 * admin routes decide by this one rule.
 */
export const RIGHTS = {
  /** How nodes, brokers, stores and simulations are doing; counts and names, no content. */
  states: { permission: 'gridwire.states.read', within: ['payloads', 'devices', 'erase', 'admin'] },
  /** What messages and dead letters hold, why they failed, and the audit log. */
  payloads: { permission: 'gridwire.payloads.read', within: ['repair'] },
  /** Repair and send dead letters again, and give up letters and what waits. */
  repair: { permission: 'gridwire.repair.write', within: ['commands'] },
  /** Send commands again, and what waits without a node: commands may be among it. */
  commands: { permission: 'gridwire.commands.write', within: [] },
  /** Decide about devices that are not in the registry. */
  devices: { permission: 'gridwire.devices.write', within: [] },
  /** Erase what names a person or a device. */
  erase: { permission: 'gridwire.erase.write', within: [] },
  /** Try and import what settings are made of: contracts, schemas, networks, broker files, a search for monitors. */
  admin: { permission: 'gridwire.admin.write', within: [] },
} as const satisfies Record<string, { permission: string; within: readonly string[] }>;

export type Right = keyof typeof RIGHTS;

/** A right, and the permission that allowed the same before there were rights: who has it keeps what it allowed. */
export interface Access {
  right: Right;
  formerly?: string;
}

/** Whether a user's permissions, as Node-RED has them, allow something. */
export function isAllowed(permissions: unknown, { right, formerly }: Access): boolean {
  return (
    grants(permissions, RIGHTS[right].permission) ||
    (formerly !== undefined && grants(permissions, formerly)) ||
    isWithin(permissions, right)
  );
}

/** Whether a right that includes this one is named. Wide permissions (`write`) include nothing that they do not say. */
function isWithin(permissions: unknown, right: Right): boolean {
  return RIGHTS[right].within.some(
    (wider) => names(permissions, RIGHTS[wider].permission) || isWithin(permissions, wider),
  );
}

function names(permissions: unknown, permission: string): boolean {
  return Array.isArray(permissions)
    ? permissions.some((each) => names(each, permission))
    : permissions === permission;
}

/** Node-RED's own rule. */
function grants(permissions: unknown, permission: string): boolean {
  if (Array.isArray(permissions)) return permissions.some((each) => grants(each, permission));
  if (permissions === '*' || permissions === permission) return true;
  if (permissions === 'read' || permissions === '*.read') return permission.endsWith('.read');
  if (permissions === 'write' || permissions === '*.write') return permission.endsWith('.write');
  return false;
}
