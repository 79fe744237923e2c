/**
 * Addresses of this host that terminals can reach. The engine's own bridges come and go with containers:
 * they are no way in, and a certificate that named them would change all the time.
 */
import { networkInterfaces } from "node:os";

const enginesOwn = /^(docker|br-|veth|virbr|cni|podman)/;

export function hostAddresses(
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): { address: string; family: "IPv4" | "IPv6" }[] {
  return (
    Object.entries(interfaces)
      .filter(([name]) => !enginesOwn.test(name))
      .flatMap(([, each]) => each ?? [])
      // Link-local addresses change with the interface and cannot stand in a URL without their zone.
      .filter(({ address, internal }) => !internal && !/^fe80:/i.test(address))
      .map(({ address, family }) => ({ address, family }))
  );
}
