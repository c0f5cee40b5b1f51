/**
 * The three families of Bluetooth battery monitors and what tells them apart. All speak over service FFF0, with
 * requests written to FFF3 and notifications on FFF4, and all encrypt with a key every unit of the family shares.
 */
export type Family = 'BM2' | 'BM6' | 'BM7';

export interface FamilyFacts {
  /** AES-128 key; the ASCII word "leagend", FF FE, and seven characters of the family's own. */
  key: Uint8Array;
  /** The device sends measurements as soon as notifications are on; otherwise it waits for one request. */
  pushes: boolean;
  /** Requests are written with a GATT response. */
  writesWithResponse: boolean;
  /** UUID of its iBeacon advertisement, without dashes; none is published for BM7. */
  beaconUuid?: string;
  /** Names it advertises. "Battery Monitor" stands for BM2 and BM6, so a name alone never decides the family. */
  names: readonly string[];
  /** Seconds between two polls unless set otherwise, as in Battery Hawk. */
  pollSeconds: number;
}

const key = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

export const FAMILIES: Readonly<Record<Family, FamilyFacts>> = {
  BM2: {
    key: key('6c656167656e64fffe31383832343636'),
    pushes: true,
    writesWithResponse: true,
    beaconUuid: '655f83caae16a10a702e31f30d58dd82',
    names: ['Battery Monitor', 'ZX-1689', 'Li Battery Monitor', 'BM2'],
    pollSeconds: 3600,
  },
  BM6: {
    key: key('6c656167656e64fffe30313030303039'),
    pushes: false,
    writesWithResponse: false,
    beaconUuid: '3ba29cd9a42c894856badaf2606ef777',
    names: ['BM6', 'Battery Monitor', 'Battery Guard'],
    pollSeconds: 1800,
  },
  BM7: {
    key: key('6c656167656e64fffe30313030303040'),
    pushes: false,
    writesWithResponse: true,
    names: ['BM300 Pro'],
    pollSeconds: 1800,
  },
};

export const FAMILY_NAMES = Object.keys(FAMILIES) as Family[];

/** The GATT service and characteristics of every family, as 16-bit UUIDs. */
export const SERVICE_UUID = 'fff0';
export const WRITE_UUID = 'fff3';
export const NOTIFY_UUID = 'fff4';

const ADVERTISED_NAMES = new Set(FAMILY_NAMES.flatMap((family) => FAMILIES[family].names));

/** True for a name one of the families advertises; a hint worth a closer look, never proof of a family. */
export function isMonitorName(name: string): boolean {
  return ADVERTISED_NAMES.has(name.trim());
}
