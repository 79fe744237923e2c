/** Everything an AD administrator imports, as file names and contents. Pure. */
import { guidePage } from "./guide.ts";
import { powershellScript } from "./powershell.ts";
import { browserRegistry, regFile, windowsRegistry } from "./registry.ts";
import { firefoxPolicies, pacUrl, policyJson, settingsOf, type TerminalFacts } from "./settings.ts";

export interface Certificates {
  /** PEM of the authority behind the portal's certificate. */
  readonly siteCa: string;
  /** PEM of the authority behind redirects; only with redirectMode "mint". */
  readonly redirectCa?: string;
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
const crlf = (lines: readonly string[]) => Buffer.from(`${lines.join("\r\n")}\r\n`);

/** @param pac text of the PAC file as it is served */
export function gpoFiles(
  facts: TerminalFacts,
  certificates: Certificates,
  pac: string,
): Map<string, Buffer> {
  const { siteCa, redirectCa } = certificates;
  const roots = ["site-ca.crt", ...(redirectCa === undefined ? [] : ["redirect-ca.crt"])];
  const edge = browserRegistry("edge", settingsOf(facts, "edge"));
  const chrome = browserRegistry("chrome", settingsOf(facts, "chrome"));
  const windows = windowsRegistry(pacUrl(facts));
  const files = new Map<string, Buffer>([
    ["edge-policy.json", json(policyJson(facts, "edge"))],
    ["chrome-policy.json", json(policyJson(facts, "chrome"))],
    ["firefox-policies.json", json(firefoxPolicies(facts, pac))],
    ["edge.reg", regFile(edge)],
    ["chrome.reg", regFile(chrome)],
    ["windows.reg", regFile(windows)],
    ["winhttp.json", winhttpSettings(facts)],
    ["winhttp.cmd", winhttpCommand()],
    ["hanare-gpo.ps1", powershellScript([...edge, ...chrome, ...windows], roots)],
    ["site-ca.crt", Buffer.from(siteCa)],
  ]);
  if (redirectCa !== undefined) files.set("redirect-ca.crt", Buffer.from(redirectCa));
  return files.set("tebiki.html", Buffer.from(guidePage(facts, [...files.keys(), "tebiki.html"])));
}

/** For `netsh winhttp set advproxy`: what services such as Windows Update use. */
function winhttpSettings(facts: TerminalFacts): Buffer {
  return json({
    Proxy: "",
    ProxyBypass: "",
    AutoconfigUrl: pacUrl(facts),
    AutoDetect: false,
  });
}

function winhttpCommand(): Buffer {
  return crlf([
    "@echo off",
    "rem Windows Update and other services. Run as administrator, or as a start-up script.",
    'netsh winhttp set advproxy setting-scope=machine settings-file="%~dp0winhttp.json"',
  ]);
}
