import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../../orchestrator/config/schema.ts";
import { listSettings } from "../../../orchestrator/settings/list-settings.ts";
import { createSettings } from "../../../orchestrator/settings/settings.ts";
import type { SettingsService, SettingValue } from "../../../orchestrator/settings/types.ts";

const text = "sessions:\n  maxTotal: 20 # 席\n";
const nobody = () => undefined;
let folder: string;
let file: string;
let settings: SettingsService;
/** What was taken into force. */
let inForce: Config[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-test-settings-"));
  file = join(folder, "hanare.yaml");
  writeFileSync(file, text);
  chmodSync(file, 0o640);
  inForce = [];
  settings = createSettings(file, text, (config) => void inForce.push(config));
});
afterEach(() => rmSync(folder, { recursive: true }));

const of = async (path: string) =>
  (await settings.read()).settings.find((setting) => setting.path === path);
const change = async (path: string, value: SettingValue) => ({
  base: (await settings.read()).base,
  changes: [{ path, value }],
});

describe("the list of settings", () => {
  it("is the schema's: kind, bounds and standard", () => {
    const known = new Map(listSettings().map((setting) => [setting.path, setting]));
    expect(known.get("sessions.maxTotal")).toMatchObject({
      ...{ kind: "integer", minimum: 1, maximum: null, standard: 20, fixed: null },
    });
    expect(known.get("log.level")).toMatchObject({
      kind: "choice",
      options: expect.arrayContaining(["warn"]) as string[],
    });
    expect(known.get("terminals.directHosts")).toMatchObject({
      ...{ kind: "texts", standard: [".lgwan.jp"], fixed: null },
    });
    expect(known.get("sessions.pool.min")).toMatchObject({ kind: "integer", standard: null });
  });

  it("leaves out of the console's reach what would cut it off, name files and uids, or silence the audit log", () => {
    const fixed = new Map(listSettings().map((setting) => [setting.path, setting.fixed]));
    for (const [path, reason] of [
      ["listen.port", "reach"],
      ["engine.socket", "machine"],
      ["sessions.firstUid", "machine"],
      ["audit.forward.host", "duty"],
      ["audit.queryStrings", "duty"],
      ["audit.retention.keepDays", "duty"],
      ["listen.names", "reach"],
      ["browser.trustCaFiles", "machine"],
      ["notifications.webhook.secretFile", "duty"],
      ["notifications.mail.host", "duty"],
      ["signatures.source", "duty"],
      ["files.sharedFolders", "list"],
      ["identity.secondFactorRoles", "duty"],
      ["files.approval.centralGroups", null],
      ["proxy.dnsServers", null],
      ["files.maxBytes", null],
      ["proxy.limits.connections", null],
    ] as const)
      expect([path, fixed.get(path)]).toEqual([path, reason]);
  });
});

describe("a change", () => {
  it("is shown first, then written so that it holds from the next start; the mode of the file stays", async () => {
    const request = await change("sessions.maxTotal", 30);
    expect(await settings.try(request)).toEqual({
      before: ["  maxTotal: 20 # 席"],
      after: ["  maxTotal: 30 # 席"],
      faults: [],
    });
    expect(readFileSync(file, "utf8")).toBe(text);
    const told: unknown[] = [];
    await settings.save(request, (changed) => void told.push(...changed));
    expect(told).toEqual([{ path: "sessions.maxTotal", before: "20", after: "30" }]);
    expect(readFileSync(file, "utf8")).toBe("sessions:\n  maxTotal: 30 # 席\n");
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(["hanare.yaml"]);
    expect(await of("sessions.maxTotal")).toMatchObject({ written: 30, waits: true });
    await settings.save(await change("sessions.maxTotal", 20), nobody);
    expect(await of("sessions.maxTotal")).toMatchObject({ written: 20, waits: false });
  });

  it("that is live holds at once, whatever else waits for the next start", async () => {
    await settings.save(await change("log.level", "debug"), nobody);
    expect(await of("log.level")).toMatchObject({ written: "debug", live: true, waits: false });
    await settings.save(await change("requests.perDay", 3), nobody);
    await settings.save(await change("sessions.maxTotal", 30), nobody);
    expect(inForce.map(({ log, requests }) => [log.level, requests.perDay])).toEqual([
      ["debug", 30],
      ["debug", 3],
      ["debug", 3],
    ]);
    const waiting = (await settings.read()).settings.filter(({ waits }) => waits);
    expect(waiting.map(({ path, live }) => [path, live])).toEqual([["sessions.maxTotal", false]]);
    // Written by hand, it is known to nobody.
    writeFileSync(file, readFileSync(file, "utf8").replace("debug", "error"));
    expect(await of("log.level")).toMatchObject({ written: "error", waits: true });
    expect(inForce).toHaveLength(3);
  });

  it("of a list is of all its values, each held to what the file may say", async () => {
    const path = "terminals.directHosts";
    const request = await change(path, [".lgwan.jp", "kintai.city.test"]);
    await settings.save(request, nobody);
    expect(readFileSync(file, "utf8")).toBe(
      `${text}terminals:\n  directHosts: [".lgwan.jp","kintai.city.test"]\n`,
    );
    expect(await of(path)).toMatchObject({
      ...{ written: [".lgwan.jp", "kintai.city.test"], waits: true },
    });
    await settings.save(await change(path, [".lgwan.jp"]), nobody);
    expect(await of(path)).toMatchObject({ written: [".lgwan.jp"], waits: false });
    for (const [list, value] of [
      [path, ["a b"]],
      ["proxy.dnsServers", ["192.0.2.53", "ns.example.jp"]],
    ] as const)
      await expect(settings.save(await change(list, value), nobody)).rejects.toMatchObject({
        code: "SETTINGS_INVALID",
      });
  });

  it("that Hanare would not start with says why, and is not written", async () => {
    const request = await change("sessions.maxTotal", 0);
    expect((await settings.try(request)).faults).toMatchObject([
      { path: "sessions.maxTotal", line: 2 },
    ]);
    await expect(settings.save(request, nobody)).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
    });
    // Possible one by one and not together.
    await expect(
      settings.save(await change("sessions.pool.min", 21), nobody),
    ).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
    });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it.each(["listen.port", "audit.retention.keepDays", "no.such", "__proto__.x"])(
    "of %s is refused",
    async (path) => {
      await expect(settings.save(await change(path, 1), nobody)).rejects.toMatchObject({
        code: "SETTING_FIXED",
      });
    },
  );

  it("of a file that somebody changed meanwhile is refused", async () => {
    const request = await change("sessions.maxTotal", 30);
    writeFileSync(file, `${text}# 手で直した\n`);
    await expect(settings.save(request, nobody)).rejects.toMatchObject({
      code: "SETTINGS_CHANGED",
    });
  });

  it("that cannot go on record is not written", async () => {
    const request = await change("sessions.maxTotal", 30);
    const full = () => {
      throw new Error("disk full");
    };
    await expect(settings.save(request, full)).rejects.toThrow("disk full");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("makes the file where there is none, for its owner only", async () => {
    rmSync(file);
    await settings.save(await change("log.level", "warn"), nobody);
    expect(readFileSync(file, "utf8")).toBe('log:\n  level: "warn"\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
