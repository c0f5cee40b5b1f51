import type { Place } from '../facts/facts.js';
import type { Standing } from '../facts/standings.js';

/**
 * What conditions are about, by the names that people gave. Where several nodes have one name each is told from the others
 * by its id: one whose trouble somebody knows of must not hide that of another.
 */
export class Names {
  private readonly ids = new Map<string, Set<string>>();
  private registries = 0;

  constructor(standings: readonly Standing[]) {
    for (const standing of standings) {
      if ('place' in standing) {
        const { node, id, broker, brokerId } = standing.place;
        this.add(node, id);
        if (broker !== undefined) this.add(broker, brokerId);
      } else if (standing.of === 'store') this.add(standing.name, standing.id);
      else if (standing.of === 'devices') {
        this.registries += 1;
        this.add(standing.node, standing.id);
      }
    }
  }

  of(name: string, id: string | undefined): string {
    const isShared = (this.ids.get(name)?.size ?? 0) > 1;
    return isShared && id !== undefined && id !== name ? `${name} (${id})` : name;
  }

  /** A device; of several registries each may have one of its serial number. */
  ofDevice(device: string, registry: string): string {
    return this.registries > 1 ? `${device} (${registry})` : device;
  }

  /** A place whose names are told from others. */
  placeOf(place: Place): Place {
    const { node, id, broker, brokerId } = place;
    return {
      ...place,
      node: this.of(node, id),
      ...(broker === undefined ? {} : { broker: this.of(broker, brokerId) }),
    };
  }

  private add(name: string, id = name): void {
    const known = this.ids.get(name);
    if (known === undefined) this.ids.set(name, new Set([id]));
    else known.add(id);
  }
}
