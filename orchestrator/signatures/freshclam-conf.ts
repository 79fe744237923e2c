/** What freshclam is told, and where its door leads. Pure. */
import type { SignatureUpdates } from "../config/signatures.ts";

const official = "database.clamav.net";
const all = ["main", "daily", "bytecode"] as const;

/**
 * Whole files only: one that freshclam pieced together has no signature that could be checked again before it comes
 * into force. Loading is tried afterwards, in a container of its own.
 */
export function freshclamConf({ source, databases, extra }: SignatureUpdates): string {
  const mirror =
    source === "official"
      ? [`DatabaseMirror ${official}`]
      : [`DatabaseMirror ${official}`, `PrivateMirror ${source}`];
  return [
    "DatabaseDirectory /work/db",
    "HTTPProxyServer 127.0.0.1",
    "HTTPProxyPort 3128",
    "DNSDatabaseInfo no",
    "ScriptedUpdates no",
    "TestDatabases no",
    "MaxAttempts 1",
    "ConnectTimeout 30",
    "Foreground yes",
    ...mirror,
    ...all.filter((each) => !databases.includes(each)).map((each) => `ExcludeDatabase ${each}`),
    ...extra.map((url) => `DatabaseCustomURL ${url}`),
    "",
  ].join("\n");
}

export interface Target {
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
}

/** What the egress proxy lets through, and nothing else. */
export function targetOf({ source, databases, extra }: SignatureUpdates): Target {
  const needsMirror = databases.length > 0;
  const addresses = [
    ...(needsMirror && source !== "off"
      ? [source === "official" ? `https://${official}` : source]
      : []),
    ...extra,
  ].map((address) => new URL(address));
  return {
    hosts: [...new Set(addresses.map(({ hostname }) => hostname))],
    ports: [...new Set(addresses.map(({ port }) => (port === "" ? 443 : Number(port))))],
  };
}
