import { GridwireError } from '../errors.js';

const ADDRESS = /^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/;

/**
 * The canonical form of a MAC address, upper case with colons, as it stands in topics.
 * @throws GridwireError `IDENTIFIER_ILLEGAL`
 */
export function canonicalAddress(text: string): string {
  const address = text.trim().toUpperCase().replaceAll('-', ':');
  if (ADDRESS.test(address)) return address;
  throw new GridwireError(
    'IDENTIFIER_ILLEGAL',
    `"${text}" is not a Bluetooth address. Write it as six pairs of hex digits, for example 50:54:7B:22:2F:20.`,
    { details: { address: text } },
  );
}
