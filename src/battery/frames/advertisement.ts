import { byteAt, startsWith, toHex, uint16At } from './bytes.js';
import { BLOCK_BYTES, decrypt } from './cipher.js';
import { FAMILIES, FAMILY_NAMES, type Family } from './family.js';
import { implausibility } from './measurement.js';

/** What a monitor tells without a connection. */
export type AdvertisedState =
  | { kind: 'ibeacon'; family: Family; stateOfCharge: number }
  | {
      kind: 'encrypted';
      family: Family;
      voltage: number;
      stateOfCharge: number;
      /** Bytes 9 to 15, of which a temperature and a version are suspected. */
      unconfirmed: { tail: string };
    };

/**
 * Decodes manufacturer data (company id included).
 * @param manufacturerData as advertised: 25 bytes of iBeacon or one encrypted block
 * @param address the advertiser's MAC address; an encrypted block is believed only if it names the same address
 * @returns undefined for anything else
 */
export function decodeAdvertisement(
  manufacturerData: Uint8Array,
  address: string,
): AdvertisedState | undefined {
  return decodeBeacon(manufacturerData) ?? decodeEncrypted(manufacturerData, address);
}

/** Apple's company id, type 2, 21 bytes following. */
const BEACON_HEADER = [0x4c, 0x00, 0x02, 0x15];
const BEACON_BYTES = 25;
/** Where each family puts its state of charge: BM2 in the transmit power, BM6 in the low byte of "major". */
const BEACON_CHARGE_INDEX: Partial<Record<Family, number>> = { BM2: 24, BM6: 21 };

function decodeBeacon(data: Uint8Array): AdvertisedState | undefined {
  if (data.length !== BEACON_BYTES || !startsWith(data, BEACON_HEADER)) return undefined;
  const uuid = toHex(data.subarray(4, 20));
  const family = FAMILY_NAMES.find((name) => FAMILIES[name].beaconUuid === uuid);
  const index = family === undefined ? undefined : BEACON_CHARGE_INDEX[family];
  if (family === undefined || index === undefined) return undefined;
  const stateOfCharge = byteAt(data, index);
  return stateOfCharge > 100 ? undefined : { kind: 'ibeacon', family, stateOfCharge };
}

/**
 * One AES block: MAC (BM2 reversed, BM6 as written) | voltage / 100 V | state of charge | unknown.
 * BM2: OpenMQTTGateway pull request 2373. BM6: three published captures whose MAC matches exactly. BM7: assumed to be
 * like BM6; the MAC decides.
 */
function decodeEncrypted(data: Uint8Array, address: string): AdvertisedState | undefined {
  if (data.length !== BLOCK_BYTES) return undefined;
  const mac = address.replace(/[:-]/g, '').toLowerCase();
  for (const family of FAMILY_NAMES) {
    const plaintext = decrypt(family, data);
    if (plaintext === undefined) continue;
    const named = plaintext.slice(0, 6);
    if (toHex(family === 'BM2' ? named.reverse() : named) !== mac) continue;
    const state = { voltage: uint16At(plaintext, 6) / 100, stateOfCharge: byteAt(plaintext, 8) };
    if (implausibility({ ...state, unconfirmed: {} }) !== undefined) continue;
    return { kind: 'encrypted', family, ...state, unconfirmed: { tail: toHex(plaintext.subarray(9)) } };
  }
  return undefined;
}
