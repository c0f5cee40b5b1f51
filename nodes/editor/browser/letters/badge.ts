import { StoreApi } from './api.js';
import { told } from '../notify.js';
import { sidebarTab } from '../sidebar/sidebar.js';
import { element, type Translate } from './elements.js';
import { storeRights } from './rights.js';

/** How often it is looked for letters while somebody has the editor before them, milliseconds. */
const EVERY = 30_000;
const MOST = 999;

/** The number of letters that wait in all stores of the flows, on the tab of the sidebar. */
export class Badge {
  private readonly mark = element('span', { className: 'gridwire-badge', hidden: true });

  /** @param stores the ids of those that are deployed */
  constructor(
    private readonly text: Translate,
    private readonly stores: () => string[],
  ) {
    setInterval(() => {
      if (document.visibilityState === 'visible') this.look();
    }, EVERY);
  }

  look(): void {
    if (!storeRights.seesStates()) return;
    const counts = this.stores().map((store) =>
      new StoreApi(store).letterCounts().then(
        ({ total }) => total,
        () => 0, // Not deployed, or away: nothing is known.
      ),
    );
    told(Promise.all(counts).then((all) => this.show(all.reduce((sum, count) => sum + count, 0))));
  }

  private show(count: number): void {
    const tab = sidebarTab();
    if (tab !== null && this.mark.parentElement !== tab) tab.append(this.mark);
    this.mark.hidden = count === 0;
    this.mark.textContent = count > MOST ? `${MOST}+` : String(count);
    this.mark.title = this.text('total', { count });
  }
}
