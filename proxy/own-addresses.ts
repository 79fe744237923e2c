/** The host's own addresses, read again when older than ten seconds: interfaces come and go. */
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

const maxAgeMs = 10_000;
let known: ReadonlySet<string> = new Set();
let readAt = Number.NEGATIVE_INFINITY;

export function ownAddresses(): ReadonlySet<string> {
  const now = performance.now();
  if (now - readAt < maxAgeMs) return known;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  known = new Set(
    addresses.map(({ address }) => ipaddr.parse(address.split("%")[0] ?? "").toString()),
  );
  readAt = now;
  return known;
}
