import { may } from '../red.js';

/** What who sits at the editor may do with a store (`nodes/rights.ts`). */
export const storeRights = {
  seesStates: (): boolean => may('states', 'gridwire-store.read'),
  seesPayloads: (): boolean => may('payloads', 'gridwire-store.read'),
  repairs: (): boolean => may('repair', 'gridwire-store.write'),
  sendsCommands: (): boolean => may('commands', 'gridwire-store.write'),
};
