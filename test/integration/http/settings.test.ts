/** Settings over HTTP: shown, tried, written, on record; and what people and groups may do. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import type { SettingsView } from "../../../orchestrator/http/settings-contract.ts";
import { type Portal, sections, type SignedIn, startPortal } from "./portal.ts";

let portal: Portal;
let admin: SignedIn;
beforeAll(async () => {
  sections.set("unyou", ["soumu"]);
  portal = await startPortal();
  admin = await portal.person("unyou", ["system-admin"]);
});
afterAll(() => portal[Symbol.asyncDispose]());

const send = (method: string, path: string, body?: unknown) =>
  portal.send(method, path, { cookie: admin.cookie, ...(body !== undefined && { body }) });
const view = async () =>
  (await send("GET", "/api/admin/settings")).json() as unknown as SettingsView;

describe("settings", () => {
  it("are written with what was and what is on record, and wait for the next start", async () => {
    const { base } = await view();
    const changes = [{ path: "sessions.maxTotal", value: 15 }];
    const tried = await send("POST", "/api/admin/settings/trial", { base, changes });
    expect(tried.json()).toMatchObject({ after: ["sessions:", "  maxTotal: 15"], faults: [] });
    const saved = await send("POST", "/api/admin/settings", { base, changes });
    expect(saved.status).toBe(200);
    expect(readFileSync(join(portal.data, "hanare.yaml"), "utf8")).toBe(
      "sessions:\n  maxTotal: 15\n",
    );
    const found = (await view()).settings.find(({ path }) => path === "sessions.maxTotal");
    expect(found).toMatchObject({ written: 15, standard: 20, waits: true });
    expect(queryAudit(portal.database, { action: "settings-change" }).records).toMatchObject([
      { userName: "unyou", details: { "sessions.maxTotal": "null → 15" } },
    ]);
  });

  it("that others changed meanwhile, that are fixed, or that Hanare would not start with are refused", async () => {
    const { base } = await view();
    const save = async (body: object) => {
      const answer = await send("POST", "/api/admin/settings", body);
      return [answer.status, answer.json()["code"]];
    };
    const of = (path: string, value: unknown) => ({ base, changes: [{ path, value }] });
    expect(await save({ ...of("log.level", "warn"), base: "0".repeat(64) })).toEqual([
      ...[409, "SETTINGS_CHANGED"],
    ]);
    expect(await save(of("audit.retention.keepDays", 90))).toEqual([422, "SETTING_FIXED"]);
    expect(await save(of("log.level", "loud"))).toEqual([422, "SETTINGS_INVALID"]);
    expect((await view()).base).toBe(base);
    expect(queryAudit(portal.database, { action: "settings-change" }).records).toHaveLength(1);
  });

  it("ask for a fresh proof before they are written, not before they are tried", async () => {
    const { base } = await view();
    portal.advance(16 * 60_000);
    const body = { base, changes: [{ path: "log.level", value: "warn" }] };
    expect((await send("POST", "/api/admin/settings/trial", body)).status).toBe(200);
    expect((await send("POST", "/api/admin/settings", body)).json()).toMatchObject({
      code: "PROOF_REQUIRED",
    });
  });
});

it("a person sees what their own groups may do, an administrator what each may", async () => {
  expect((await send("GET", "/api/rights")).json()).toMatchObject({
    groups: ["soumu"],
    rights: { session: true, upload: false, clipboardOut: false },
  });
  const { groups } = (await send("GET", "/api/admin/groups")).json();
  expect(groups).toMatchObject([
    { name: "soumu", people: 1, inPolicy: false },
    { name: "zeimu", people: 0, inPolicy: true },
  ]);
});
