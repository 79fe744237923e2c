/** Sets of address ranges that an address is looked up in. Pure. */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export type Ranges = readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

/** @param cidrs canonical, as parseRange returns them */
export function parseRanges(cidrs: readonly string[]): Ranges {
  return cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
}

/** False for what is no address. An IPv4 address in IPv6 clothes (::ffff:10.1.2.3) is the IPv4 one. */
export function inRanges(ranges: Ranges, untrusted: string): boolean {
  if (isIP(untrusted) === 0 || untrusted.includes("%")) return false;
  const address = ipaddr.process(untrusted);
  return ranges.some((range) => range[0].kind() === address.kind() && address.match(range));
}
