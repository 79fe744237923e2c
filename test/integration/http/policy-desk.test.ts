/** The policy routes over the real server: who may, what is answered, who loses against whom. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Portal, type SignedIn, startPortal } from "./portal.ts";

let portal: Portal;
let admin: SignedIn;
beforeAll(async () => {
  portal = await startPortal();
  admin = await portal.person("risuto", ["list-admin"]);
});
afterAll(() => portal[Symbol.asyncDispose]());

const foreignPolicy = `version: 1
name: foreign
lists:
  foreign: { file: list.txt }
rules:
  - { id: R1, plane: [isolated], to: { lists: [foreign] }, action: block }
`;

const add = (entry: string, base: number) => ({
  base,
  note: "依頼",
  source: {
    kind: "edits",
    edits: [{ kind: "list", list: "allow", edit: { act: "add", entry, comment: "広報" } }],
  },
});
const post = (path: string, body: unknown, cookie = admin.cookie) =>
  portal.send("POST", `/api/admin/policy/${path}`, { cookie, body });
const get = (path: string, cookie = admin.cookie) =>
  portal.send("GET", `/api/admin/policy/${path}`, { cookie });

describe("the policy routes", () => {
  it("are closed to people who are not list administrators", async () => {
    const { cookie } = await portal.person("hanako", ["user", "auditor"]);
    for (const path of [
      "versions",
      "versions/1",
      "versions/1/file?path=x",
      "lint",
      "diff?from=1&to=1",
    ])
      expect((await get(path, cookie)).status, path).toBe(403);
    for (const path of ["explain", "trials", "publish", "rollback"])
      expect((await post(path, {}, cookie)).status, path).toBe(403);
  });

  it("publish an edit under the caller's name; explain, diff and history agree", async () => {
    const question = { plane: "isolated", target: "https://b.example/" };
    expect((await post("explain", question)).json()["explanation"]).toMatchObject({
      rule: "default",
    });
    const answer = await post("publish", add("b.example", 1));
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      outcome: "published",
      inForce: true,
      version: { number: 2, author: "risuto", source: "edit" },
    });
    expect((await post("explain", question)).json()["explanation"]).toMatchObject({
      rule: "R1",
      decision: { hit: { entry: "b.example", line: 2, file: "lists/allow.txt" } },
    });
    expect((await get("diff?from=1&to=2")).json()["effects"]).toHaveLength(1);
    expect((await get("versions")).json()["current"]).toBe(2);
    expect((await get("versions/2/file?path=lists/allow.txt")).json()["text"]).toBe(
      "a.example\nb.example  # 広報\n",
    );
  });

  it("answer 409 to an edit of an old version and keep what it meant", async () => {
    const answer = await post("publish", add("late.example", 1));
    expect(answer.status).toBe(409);
    const { kept, current } = answer.json() as { kept: number; current: number };
    expect(current).toBe(2);
    const file = await get(`versions/${kept}/file?path=lists/allow.txt`);
    expect(file.json()["text"]).toContain("late.example");
  });

  it("answer 422 to a candidate whose tests fail, and take a folder from root alone", async () => {
    const answer = await post("publish", add("never.example", 2));
    expect(answer.status).toBe(422);
    expect(answer.json()).toMatchObject({ outcome: "refused", reason: "tests" });
    const folder = { base: 2, note: "x", source: { kind: "folder", folder: "/etc" } };
    expect((await post("publish", folder)).status).toBe(403);
    expect((await post("trials", { base: 2, source: folder.source })).status).toBe(403);
    const present = await post("publish", add("a.example", 2));
    expect([present.status, present.json()["code"]]).toEqual([422, "EDIT_NOT_POSSIBLE"]);
    const comment = add("c.example", 2);
    const edit = { act: "add", entry: "c.example", comment: "x\ninjected.example" };
    comment.source.edits = [{ kind: "list", list: "allow", edit }];
    expect((await post("publish", comment)).status).toBe(400);
  });

  it("read no folder of the server for another system, whatever its token may publish", async () => {
    // A policy of somebody else's making, which names what root can read.
    const folder = mkdtempSync(join(tmpdir(), "hanare-test-foreign-"));
    const secret = join(portal.data, "secret.txt");
    writeFileSync(join(folder, "policy.yaml"), foreignPolicy);
    symlinkSync(secret, join(folder, "list.txt"));
    const { secret: token } = portal.identity.tokens.create(
      { name: "system", scopes: ["policy:read", "policy:write"], expiresAt: portal.now() + 60_000 },
      "admin",
    );
    const headers = { authorization: `Bearer ${token}` };
    const source = { kind: "folder", folder };
    for (const [path, body] of [
      ["publish", { base: 2, note: "x", source }],
      ["trials", { base: 2, source }],
    ] as const) {
      const answer = await portal.send("POST", `/api/admin/policy/${path}`, { headers, body });
      expect([path, answer.status, answer.json()["code"]]).toEqual([path, 403, "FORBIDDEN"]);
    }
    rmSync(folder, { recursive: true });
  });

  it("run a trial as a job and roll back in one step", async () => {
    const started = await post("trials", { base: 2, source: { kind: "version", number: 1 } });
    const id = String(started.json()["id"]);
    await expect
      .poll(async () => (await get(`trials/${id}`)).json())
      .toMatchObject({ state: "done", trial: { ok: true, replay: { records: 0 } } });
    const back = await post("rollback", { to: 1, base: 2, note: "戻す" });
    expect(back.json()).toMatchObject({ outcome: "published", version: { source: "rollback" } });
    expect((await get("trials/tnone")).status).toBe(404);
  });
});
