/**
 * What `hanare gpo export` writes, read by a real browser: no unknown name, no wrong type, nothing that is
 * overruled. Edge's file is Chromium's but for its own name of one setting.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultDataDir } from "../../../orchestrator/config/load.ts";
import { startManagedTerminal } from "../../support/managed-terminal.ts";
import { exportGpo } from "../../support/terminal-plane.ts";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "hanare-test-"));
  await mkdir(join(dataDir, "keys"));
  await cp(join(defaultDataDir(), "keys"), join(dataDir, "keys"), { recursive: true });
});
afterAll(() => rm(dataDir, { recursive: true }));

async function exported(redirectMode: string, file: string): Promise<Record<string, unknown>> {
  const config = { listen: { names: ["hanare.city.test"] }, terminals: { redirectMode } };
  await writeFile(join(dataDir, "hanare.yaml"), JSON.stringify(config));
  return JSON.parse((await exportGpo(dataDir)).get(file)?.toString() ?? "") as Record<
    string,
    unknown
  >;
}

/** What chrome://policy says of each policy that is set: "OK", or what is wrong. */
async function readByChromium(
  policies: Readonly<Record<string, unknown>>,
): Promise<Record<string, string>> {
  await using terminal = await startManagedTerminal({ policies });
  const page = await terminal.context.newPage();
  await page.goto("chrome://policy/");
  const rows = page.locator("policy-row");
  await expect.poll(() => rows.count()).toBeGreaterThan(Object.keys(policies).length);
  const read = await page.evaluate<[string, string][]>(readRows);
  return Object.fromEntries(read.filter(([, status]) => status !== "Not set."));
}

/** Rows lie in the shadow of tables, and their texts in their own. */
const readRows = `(() => {
  const rows = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      const { shadowRoot } = element;
      if (!shadowRoot) continue;
      if (element.localName !== "policy-row") { walk(shadowRoot); continue; }
      const text = (part) => shadowRoot.querySelector(part)?.textContent.trim() ?? "";
      rows.push([text(".name"), text(".messages")]);
    }
  };
  walk(document);
  return rows;
})()`;

it("Chromium takes every setting of Chrome's file, and would say so if one were wrong", async () => {
  const policies = await exported("extension", "chrome-policy.json");
  const wrong = { HanareNoSuchPolicy: true, BookmarkBarEnabled: "no" };
  const good = [...Object.keys(policies), "CACertificates"].map((name) => [name, "OK"]);
  const bad = Object.keys(wrong).map((name) => [name, "Error"]);
  expect(await readByChromium({ ...policies, ...wrong })).toEqual(
    Object.fromEntries([...good, ...bad]),
  );
});

it("the other modes' files are that one without the extension's part", async () => {
  const whole = await exported("extension", "chrome-policy.json");
  for (const mode of ["none", "mint"])
    expect(whole).toMatchObject(await exported(mode, "chrome-policy.json"));
});

it("Edge's file holds the same settings, and one under Edge's own name", async () => {
  const edge = await exported("extension", "edge-policy.json");
  const chrome = await exported("extension", "chrome-policy.json");
  const { WebRtcLocalhostIpHandling: own, ...rest } = edge;
  const { WebRtcIPHandling: _chromes, ...others } = chrome;
  expect(rest).toEqual(others);
  expect(own).toBe("DisableNonProxiedUdp");
});

it("Firefox' file carries the PAC file that is served, and no way past it", async () => {
  const { policies } = (await exported("none", "firefox-policies.json")) as {
    policies: { Proxy: { AutoConfigURL: string } };
  };
  const pac = await (await fetch(policies.Proxy.AutoConfigURL)).text();
  expect(pac).toContain('return "PROXY hanare.city.test:3128";');
  expect(pac).toContain('exact = ["hanare.city.test",');
});
