/**
 * Settings as registry values, which is what Group Policy is made of; and those values as a .reg file. Pure.
 */
import type { PolicyValue, Setting } from "./settings.ts";

export type RegistryValue =
  | { readonly key: string; readonly name: string; readonly type: "dword"; readonly value: number }
  | {
      readonly key: string;
      readonly name: string;
      readonly type: "string";
      readonly value: string;
    };

export const browserKeys = {
  chrome: "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Google\\Chrome",
  edge: "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Edge",
} as const;

const internetSettings =
  "SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";

export function browserRegistry(
  browser: keyof typeof browserKeys,
  settings: readonly Setting[],
): RegistryValue[] {
  return settings.flatMap(({ name, value }) => registryOf(browserKeys[browser], name, value));
}

function registryOf(key: string, name: string, value: PolicyValue): RegistryValue[] {
  if (typeof value === "boolean") return [{ key, name, type: "dword", value: value ? 1 : 0 }];
  if (typeof value === "number") return [{ key, name, type: "dword", value }];
  if (typeof value === "string") return [{ key, name, type: "string", value }];
  if (isList(value)) {
    // A list is a key of its own with values 1, 2, 3…
    return value.map((each, index) => ({
      key: `${key}\\${name}`,
      name: String(index + 1),
      type: "string",
      value: each,
    }));
  }
  return [{ key, name, type: "string", value: JSON.stringify(value) }];
}

function isList(value: PolicyValue): value is readonly string[] {
  return Array.isArray(value);
}

/** WinINET for the whole machine: Office and other programs that ask Windows for the proxy. */
export function windowsRegistry(pac: string): RegistryValue[] {
  return [
    {
      key: `HKEY_LOCAL_MACHINE\\${internetSettings}`,
      name: "ProxySettingsPerUser",
      type: "dword",
      value: 0,
    },
    {
      key: "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings",
      name: "AutoConfigURL",
      type: "string",
      value: pac,
    },
  ];
}

/** UTF-16LE with a byte order mark and CRLF, as regedit writes it. */
export function regFile(values: readonly RegistryValue[]): Buffer {
  const lines = ["Windows Registry Editor Version 5.00"];
  const byKey = new Map<string, RegistryValue[]>();
  for (const each of values) byKey.set(each.key, [...(byKey.get(each.key) ?? []), each]);
  for (const [key, entries] of byKey) {
    lines.push("", `[${key}]`, ...entries.map(regLine));
  }
  return Buffer.from(`\ufeff${lines.join("\r\n")}\r\n`, "utf16le");
}

function regLine(entry: RegistryValue): string {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  return entry.type === "dword"
    ? `${quoted(entry.name)}=dword:${entry.value.toString(16).padStart(8, "0")}`
    : `${quoted(entry.name)}=${quoted(entry.value)}`;
}
