/** What an AD administrator imports: that all of it says the same, and that it is what Windows reads. */
import { createHash, createPublicKey, createVerify, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { extensionId, packCrx } from "../../../orchestrator/extension/crx3.ts";
import { gpoFiles } from "../../../orchestrator/gpo/files.ts";
import { browserSettings, type TerminalFacts } from "../../../orchestrator/gpo/settings.ts";

const facts: TerminalFacts = {
  portal: "https://hanare.city.test:8443",
  proxies: ["hanare.city.test:3128", "hanare2.city.test:3128"],
  redirectMode: "extension",
  extensionId: "abcdefghijklmnopabcdefghijklmnop",
};
const pac =
  'function FindProxyForURL(url, host) { return "PROXY hanare.city.test:3128" } // 100%\n';
const files = gpoFiles(facts, { siteCa: "site" }, pac);
const text = (name: string, from = files) => {
  const bytes = from.get(name) ?? Buffer.alloc(0);
  return name.endsWith(".reg") ? bytes.toString("utf16le") : bytes.toString();
};

/** What a .reg file says, as the policies of a browser. */
function policiesOfReg(reg: string, root: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  let key = "";
  for (const line of reg.split("\r\n")) {
    key = /^\[(.*)\]$/.exec(line)?.[1] ?? key;
    const [, name = "", word, quoted] = /^"(.*?)"=(?:dword:([0-9a-f]{8})|"(.*)")$/.exec(line) ?? [];
    if (name === "") continue;
    const value = word === undefined ? quoted?.replace(/\\(.)/g, "$1") : Number.parseInt(word, 16);
    if (key === root) found[name] = value;
    else {
      const list = key.slice(root.length + 1);
      found[list] = [...((found[list] as unknown[] | undefined) ?? []), value];
    }
  }
  return found;
}

/** What the script sets, as the policies of a browser; throws for a line of which it is not clear what it does. */
function policiesOfScript(script: string, root: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const setting =
    /^Set-GPRegistryValue -Name \$Name -Key '((?:[^']|'')+)' -ValueName '([^']+)' -Type (DWord|String) -Value (\d+|'(?:[^']|'')*') \| Out-Null$/;
  const plain = (quoted: string) => quoted.replace(/^'|'$/g, "").replaceAll("''", "'");
  for (const line of script.split("\r\n")) {
    const [, key, name = "", type, value = ""] = setting.exec(line) ?? [];
    if (key === undefined) {
      if (!otherLines.some((each) => each.test(line)))
        throw new Error(`what does this do: ${line}`);
      continue;
    }
    const read = type === "DWord" ? Number(value) : plain(value);
    if (key === root) found[name] = read;
    else if (key.startsWith(`${root}\\`)) {
      const list = key.slice(root.length + 1);
      found[list] = [...((found[list] as unknown[] | undefined) ?? []), read];
    }
  }
  return found;
}

/** Everything else that the script may hold. */
const otherLines = [
  /^\ufeff?#/,
  /^$/,
  /^param\(\[string\]\$Name = 'Hanare'\)$/,
  /^\$ErrorActionPreference = 'Stop'$/,
  /^Import-Module GroupPolicy$/,
  /^if \(-not \(Get-GPO -Name \$Name -ErrorAction SilentlyContinue\)\) \{ New-GPO -Name \$Name \| Out-Null \}$/,
  /^\$cert = New-Object [\w.]+ \(Join-Path \$PSScriptRoot '(?:site|redirect)-ca\.crt'\)$/,
  /^\$blob = \$cert\.Export\(\[[\w.]+\]::SerializedCert\)$/,
  /^\$key = "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root\\Certificates\\\$\(\$cert\.Thumbprint\)"$/,
  /^Set-GPRegistryValue -Name \$Name -Key \$key -ValueName 'Blob' -Type Binary -Value \$blob \| Out-Null$/,
  /^Write-Host "[^"`]*"$/,
];

describe.each([
  ["edge", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Edge"],
  ["chrome", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Google\\Chrome"],
])("for %s", (browser, root) => {
  const json = JSON.parse(text(`${browser}-policy.json`)) as Record<string, unknown>;

  it("the .reg file and the JSON say the same", () => {
    const reg = policiesOfReg(text(`${browser}.reg`), root);
    expect(Object.keys(reg).sort()).toEqual(Object.keys(json).sort());
    for (const [name, value] of Object.entries(json)) {
      const written =
        typeof value === "boolean"
          ? Number(value)
          : typeof value === "object" && !Array.isArray(value)
            ? JSON.stringify(value)
            : value;
      expect(reg[name], name).toEqual(written);
    }
  });

  it("the script sets what the .reg file sets, and does nothing that is not known here", () => {
    const script = policiesOfScript(
      text("hanare-gpo.ps1"),
      root.replace("HKEY_LOCAL_MACHINE\\", "HKLM\\"),
    );
    expect(script).toEqual(policiesOfReg(text(`${browser}.reg`), root));
  });

  it("every line of the .reg file is one that regedit reads", () => {
    const value = /^"[^"\\]+"=(?:dword:[0-9a-f]{8}|"(?:[^"\\]|\\["\\])*")$/;
    const [head, ...lines] = text(`${browser}.reg`).split("\r\n");
    expect(head).toBe("\ufeffWindows Registry Editor Version 5.00");
    for (const line of lines)
      expect(
        line === "" || /^\[HKEY_LOCAL_MACHINE\\[^\]]+\]$/.test(line) || value.test(line),
        line,
      ).toBe(true);
  });

  it("the PAC file is mandatory and comes from the first proxy", () => {
    expect(json["ProxySettings"]).toEqual({
      ProxyMode: "pac_script",
      ProxyPacUrl: "http://hanare.city.test:3128/proxy.pac",
      ProxyPacMandatory: true,
    });
  });
});

describe("the files", () => {
  it("begin as Windows expects", () => {
    expect(text("edge.reg").startsWith("\ufeffWindows Registry Editor Version 5.00\r\n")).toBe(
      true,
    );
    expect(text("hanare-gpo.ps1").startsWith("\ufeff#")).toBe(true);
    expect(text("winhttp.cmd")).toMatch(/^[\r\n\x20-\x7e]+$/);
    // The names that `netsh winhttp set advproxy` reads; one it does not know fails the whole file.
    expect(JSON.parse(text("winhttp.json"))).toEqual({
      Proxy: "",
      ProxyBypass: "",
      AutoconfigUrl: "http://hanare.city.test:3128/proxy.pac",
      AutoDetect: false,
    });
    expect(text("winhttp.cmd")).toContain('settings-file="%~dp0winhttp.json"');
    expect(text("windows.reg")).toContain(
      '"AutoConfigURL"="http://hanare.city.test:3128/proxy.pac"',
    );
  });

  it("name the extension only where it is used, the redirect authority only where it is trusted", () => {
    expect(text("chrome-policy.json")).toContain("ExtensionInstallForcelist");
    const mint = gpoFiles(
      { ...facts, redirectMode: "mint" },
      { siteCa: "site", redirectCa: "redirect" },
      pac,
    );
    expect(text("chrome-policy.json", mint)).not.toContain("ExtensionInstallForcelist");
    expect(text("redirect-ca.crt", mint)).toBe("redirect");
    expect(text("hanare-gpo.ps1", mint)).toContain("'redirect-ca.crt'");
    expect(text("tebiki.html", mint)).toContain("なりすませます");
    expect(files.has("redirect-ca.crt")).toBe(false);
  });

  it("explain every setting in both languages", () => {
    const guide = text("tebiki.html");
    for (const { name, ja, en } of browserSettings(facts)) {
      expect(guide).toContain(name);
      expect(guide).toContain(ja);
      expect(en).toMatch(/^[\x20-\x7e]+$/);
    }
    for (const name of files.keys()) expect(guide, name).toContain(name);
  });

  it("give Firefox the PAC file itself: one that it cannot fetch would send it out directly", () => {
    const { policies } = JSON.parse(text("firefox-policies.json")) as {
      policies: { Proxy: { Mode: string; AutoConfigURL: string; Locked: boolean } };
    };
    expect(policies.Proxy).toMatchObject({ Mode: "autoConfig", Locked: true });
    const [kind, inside] = policies.Proxy.AutoConfigURL.split(",");
    expect(kind).toBe("data:application/x-ns-proxy-autoconfig");
    expect(decodeURIComponent(inside ?? "")).toBe(pac);
  });

  it("keep a quote in a value a quote", () => {
    const odd = gpoFiles({ ...facts, portal: "https://o'brien.test" }, { siteCa: "" }, pac);
    expect(text("hanare-gpo.ps1", odd)).toContain("o''brien.test");
  });
});

describe("a CRX3 package", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const zip = Buffer.from("PK zip bytes");
  const crx = packCrx(zip, privateKey);
  const der = createPublicKey(privateKey).export({ type: "spki", format: "der" });

  it("is header, then the zip untouched", () => {
    expect(crx.subarray(0, 4).toString()).toBe("Cr24");
    expect(crx.readUInt32LE(4)).toBe(3);
    expect(crx.subarray(12 + crx.readUInt32LE(8))).toEqual(zip);
    expect(crx.includes(der)).toBe(true);
  });

  it("is signed over its id and its zip", () => {
    const id = createHash("sha256").update(der).digest().subarray(0, 16);
    const signed = Buffer.concat([Buffer.from([0x0a, 16]), id]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(signed.length);
    // The signature is the 256 bytes behind its own tag and length in the proof.
    const at = crx.indexOf(Buffer.from([0x12, 0x80, 0x02]), 12 + der.length) + 3;
    const verify = createVerify("sha256");
    for (const part of [Buffer.from("CRX3 SignedData\x00"), size, signed, zip]) verify.update(part);
    expect(verify.verify(privateKey, crx.subarray(at, at + 256))).toBe(true);
    expect(extensionId(privateKey)).toMatch(/^[a-p]{32}$/);
  });
});
