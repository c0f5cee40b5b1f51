import { isIPv4 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { once } from '../once.js';

/** How this machine is written, however it was named. */
const HERE = 'localhost';

/**
 * A server under one spelling: `LOCALHOST`, `127.0.0.1`, `[::1]` and the machine's own name and addresses are one place, and
 * so are all ways to write one address. What a name server would say is not asked.
 * @param server `host:port`, an IPv6 host in brackets or not
 */
export function serverPlace(server: string): string {
  const at = server.lastIndexOf(':');
  return `${hostPlace(server.slice(0, at))}:${Number(server.slice(at + 1))}`;
}

/** Whether two of `Broker.address` lead to one broker: they have a server in common. */
export function isSamePlace(one: string, other: string): boolean {
  if (one === other) return true;
  const places = new Set(one.split(','));
  return other.split(',').some((place) => places.has(place));
}

function hostPlace(host: string): string {
  const name = canonical(host);
  const isHere = name === HERE || name.endsWith(`.${HERE}`) || isLoopback(name) || ownNames().has(name);
  return isHere ? HERE : name;
}

/** As a browser reads it: capitals, `127.1`, `0:0::1` and the like have one form. */
function canonical(host: string): string {
  const bare = host
    .trim()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const written = `http://${bare.includes(':') ? `[${bare}]` : bare}/`;
  // An IPv6 zone, an underscore: what no address of a page has stays as it is.
  const read = URL.canParse(written) ? new URL(written).hostname.replace(/^\[|\]$/g, '') : bare;
  return fromMapped(read) ?? read;
}

/** The IPv4 address in an IPv6 one, `::ffff:7f00:1`. */
function fromMapped(name: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(name) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [first, second] = [parseInt(high, 16), parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
}

/** Also the addresses that mean any of the machine's own: who connects to them is led here. */
function isLoopback(name: string): boolean {
  return name === '::1' || name === '::' || (isIPv4(name) && /^(127\.|0\.0\.0\.0$)/.test(name));
}

const ownNames = once((): ReadonlySet<string> => {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return new Set([hostname(), ...addresses.map(({ address }) => address)].map(canonical));
});
