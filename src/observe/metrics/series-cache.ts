import type { About, Place, Told } from '../facts/facts.js';

/**
 * The series of each place and kind of event, found by the objects themselves: putting labels together for every event
 * would cost more than counting it.
 */
export class SeriesCache<Series> {
  private readonly byPlace = new WeakMap<Place, Map<About | undefined, Series>>();
  /** Most events are of the kind and at the place of the one before. */
  private lastPlace: Place | undefined;
  private lastAbout: About | undefined;
  private lastSeries: Series | undefined;

  constructor(private readonly make: (place: Place, about: About | undefined) => Series) {}

  of({ place, about }: Told): Series {
    if (this.lastSeries !== undefined && this.lastPlace === place && this.lastAbout === about)
      return this.lastSeries;
    this.lastPlace = place;
    this.lastAbout = about;
    return (this.lastSeries = this.find(place, about));
  }

  private find(place: Place, about: About | undefined): Series {
    let known = this.byPlace.get(place);
    if (known === undefined) this.byPlace.set(place, (known = new Map<About | undefined, Series>()));
    let series = known.get(about);
    if (series === undefined) known.set(about, (series = this.make(place, about)));
    return series;
  }
}
