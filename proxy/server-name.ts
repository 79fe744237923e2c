/** Whether the name in a ClientHello is the host that the tunnel was asked for. Pure. */
import { type Host, type HostRules, parseHost } from "../policies/guards/host-port.ts";

/** What is wrong with the name that the client gave, if anything. */
export function nameFault(
  serverName: string | undefined,
  target: Host,
  rules: HostRules,
): string | undefined {
  // RFC 6066 knows no addresses as names: a tunnel to a permitted address goes without one.
  if (target.kind !== "name") return serverName === undefined ? undefined : "sni-mismatch";
  if (serverName === undefined) return "sni-missing";
  if (serverName === target.host) return undefined;
  const parsed = parseHost(serverName, rules);
  return parsed.ok && parsed.host === target.host ? undefined : "sni-mismatch";
}
