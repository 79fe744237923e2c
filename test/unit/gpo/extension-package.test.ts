/** The extension as it is packed: a version that only grows, this installation's addresses, nothing besides. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeExtension } from "../../../orchestrator/extension/package.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

const make = (portal = "https://portal.test:8443") =>
  makeExtension({ keysDir: folder, stateDir: folder, portal, proxies: ["proxy1.test:3128"] });

/** Names and contents, read from the central directory. */
function membersOf(crx: Buffer): Map<string, string> {
  const zip = crx.subarray(12 + crx.readUInt32LE(8));
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const members = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const size = zip.readUInt32LE(at + 20);
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(at + offset),
    );
    const name = zip.toString("utf8", at + 46, at + 46 + (nameLength ?? 0));
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(from, from + size);
    members.set(name, (zip.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)).toString());
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return members;
}

it("holds its sources, the version and this installation's addresses, and no page that people read", async () => {
  const { crx, version, id, updatesXml } = await make();
  const members = membersOf(crx);
  expect([...members.keys()].sort()).toEqual([
    "_locales/en/messages.json",
    "_locales/ja/messages.json",
    "background.js",
    "config.json",
    "manifest.json",
  ]);
  expect(JSON.parse(members.get("config.json") ?? "")).toEqual({
    portal: "https://portal.test:8443",
    proxies: ["proxy1.test:3128"],
  });
  expect(JSON.parse(members.get("manifest.json") ?? "")).toMatchObject({
    manifest_version: 3,
    version,
  });
  const source = join(import.meta.dirname, "../../../extension/background.js");
  expect(members.get("background.js")).toBe(await readFile(source, "utf8"));
  expect(updatesXml).toContain(`appid="${id}"`);
  expect(updatesXml).toContain(`version="${version}"`);
  expect(updatesXml).toContain('codebase="https://portal.test:8443/extension/hanare.crx"');
});

it("keeps id and version while nothing changes; a change keeps the id and counts up", async () => {
  const first = await make();
  const again = await make();
  expect([again.id, again.version]).toEqual([first.id, first.version]);
  const changed = await make("https://other.test");
  expect(changed.id).toBe(first.id);
  expect(first.version).toBe("1.0.1");
  expect(changed.version).toBe("1.0.2");
});
