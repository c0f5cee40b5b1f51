import type { About, Place, Told } from '../facts/facts.js';

/**
 * The series of each place and kind of event, found by the objects themselves: putting labels together for every event
 * would cost more than counting it.
 */
export class SeriesCache<Series> {
  private readonly byPlace = new WeakMap<Place, Map<About | undefined, Series>>();

  constructor(private readonly make: (place: Place, about: About | undefined) => Series) {}

  of({ place, about }: Told): Series {
    let known = this.byPlace.get(place);
    if (known === undefined) this.byPlace.set(place, (known = new Map<About | undefined, Series>()));
    let series = known.get(about);
    if (series === undefined) known.set(about, (series = this.make(place, about)));
    return series;
  }
}
