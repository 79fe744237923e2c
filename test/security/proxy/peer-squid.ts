/** Debian's squid as an administrator would set it up for the same site: allowed names, one port, no inside. */
import { type Squid, startSquid } from "../../support/squid.ts";

export const squidRules = (port: number): readonly string[] => [
  "acl sites dstdomain .allowed.test",
  `acl allowed_port port ${port}`,
  "acl CONNECT method CONNECT",
  "acl inside dst 0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.2-127.255.255.254 169.254.0.0/16",
  "acl inside dst 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15 203.0.113.0/24 224.0.0.0/3",
  "acl inside dst ::/128 ::1/128 fc00::/7 fe80::/10 ff00::/8",
  "http_access deny !allowed_port",
  "http_access deny inside",
  "http_access allow sites",
  "http_access deny all",
  "forward_max_tries 1",
  "connect_timeout 1 seconds",
];

export function startPeer(port: number, originPort: number, dnsServer: string): Promise<Squid> {
  return startSquid({ port, rules: squidRules(originPort), hosts: {}, dnsServer });
}
