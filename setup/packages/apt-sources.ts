/**
 * Which Debian mirrors this machine uses, from its own apt configuration, so that images are made from
 * the same place: on a closed network that is the only one that answers. The parser is pure.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface DebianMirrors {
  readonly main: string;
  readonly security: string;
}

export const defaultMirrors: DebianMirrors = {
  main: "http://deb.debian.org/debian",
  security: "http://deb.debian.org/debian-security",
};

/** URIs of one sources file, in order. `name` decides between the two formats of apt. */
export function parseSources(name: string, text: string): string[] {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
  if (name.endsWith(".sources")) {
    return lines
      .join("\n")
      .split(/\n\s*\n/)
      .filter((stanza) => !/^Enabled:\s*no/im.test(stanza))
      .flatMap((stanza) => /^URIs:\s*(.+)$/im.exec(stanza)?.[1]?.trim().split(/\s+/) ?? []);
  }
  return lines.flatMap((line) => /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1] ?? []);
}

/** Picks the first Debian mirror of each kind; what is not Debian's archive layout is passed over. */
export function chooseMirrors(uris: readonly string[]): DebianMirrors {
  const usable = uris
    .filter((uri) => /^https?:\/\//.test(uri))
    .map((uri) => uri.replace(/\/+$/, ""));
  const main = usable.find((uri) => /\/debian$/.test(uri));
  const security =
    usable.find((uri) => /\/debian-security$/.test(uri)) ??
    usable.find((uri) => /\/\/security\.debian\.org/.test(uri));
  if (main === undefined) return defaultMirrors;
  return { main, security: security ?? defaultMirrors.security };
}

export async function readMirrors(aptDir = "/etc/apt"): Promise<DebianMirrors> {
  const parts = join(aptDir, "sources.list.d");
  const names = (await readdir(parts).catch(() => []))
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort();
  const files = [join(aptDir, "sources.list"), ...names.map((name) => join(parts, name))];
  const uris: string[] = [];
  for (const file of files)
    uris.push(...parseSources(file, await readFile(file, "utf8").catch(() => "")));
  return chooseMirrors(uris);
}
