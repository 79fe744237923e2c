/**
 * From the configuration to what the terminal plane is told: where it listens, and by which names
 * terminals know this machine. Pure but for the names of this machine.
 */
import { hostname } from "node:os";
import { isIP } from "node:net";
import type { ListenSettings } from "../../proxy/terminal/ipc.ts";
import type { Config } from "../config/schema.ts";

/** The name that terminals use for this machine: the first configured one, else its own. */
export function machineName({ listen }: Pick<Config, "listen">): string {
  return (listen.names[0] ?? hostname()).toLowerCase();
}

/** @param portalPort where the portal really listens */
export function portalOrigin(
  config: Pick<Config, "listen" | "terminals">,
  portalPort: number,
): string {
  return config.terminals.portal ?? `https://${inUrl(machineName(config))}:${portalPort}`;
}

/** What stands in the PAC file: every proxy that is configured, else this one. */
export function proxyNames(config: Pick<Config, "listen" | "terminals">): readonly string[] {
  const { proxies, port } = config.terminals;
  return proxies.length > 0 ? proxies : [`${inUrl(machineName(config))}:${port}`];
}

/** Never by way of the proxy: the portal, the PAC file's own host, and what the site names. */
export function directHosts(
  config: Pick<Config, "listen" | "terminals">,
  portal: string,
): string[] {
  const own = [new URL(portal).hostname, ...proxyNames(config).map(hostOf), ...config.listen.names];
  return [...new Set([...own.map((host) => host.toLowerCase()), ...config.terminals.directHosts])];
}

/** Names of the portal, which nobody may be made to look like. */
export function portalNames(config: Pick<Config, "listen" | "terminals">): string[] {
  const { portal } = config.terminals;
  const names = [
    hostname().toLowerCase(),
    ...config.listen.names.map((each) => each.toLowerCase()),
  ];
  return [...new Set(portal === undefined ? names : [...names, new URL(portal).hostname])];
}

export function listenSettings(
  config: Config,
  portalPort: number,
  linkKey: Buffer,
  signerSocket?: string,
): ListenSettings {
  const { host, port, redirectMode } = config.terminals;
  const portal = portalOrigin(config, portalPort);
  return {
    host: host ?? config.listen.host,
    port,
    portal,
    proxies: [...proxyNames(config)],
    directHosts: directHosts(config, portal),
    linkKey: linkKey.toString("base64"),
    ...(redirectMode === "mint" && signerSocket !== undefined && { signerSocket }),
  };
}

function hostOf(proxy: string): string {
  return proxy.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}

function inUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
