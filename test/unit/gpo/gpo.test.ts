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
const files = gpoFiles(facts, { siteCa: "site" });
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

  it("the script sets every value of it", () => {
    const script = text("hanare-gpo.ps1");
    for (const name of Object.keys(json)) expect(script, name).toContain(name);
    const path = root.replace("HKEY_LOCAL_MACHINE\\", "HKLM\\");
    expect(script).toContain(`-Key '${path}' -ValueName 'ProxySettings' -Type String`);
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
    expect(JSON.parse(text("winhttp.json"))).toMatchObject({ AutoDetect: false });
  });

  it("name the extension only where it is used, the redirect authority only where it is trusted", () => {
    expect(text("chrome-policy.json")).toContain("ExtensionInstallForcelist");
    const mint = gpoFiles(
      { ...facts, redirectMode: "mint" },
      { siteCa: "site", redirectCa: "redirect" },
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

  it("keep a quote in a value a quote", () => {
    const odd = gpoFiles({ ...facts, portal: "https://o'brien.test" }, { siteCa: "" });
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
