import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { cookieOf } from "./portal-client.ts";
import { type Portal, startPortal } from "./portal.ts";

let portal: Portal;
beforeEach(async () => {
  portal = await startPortal();
});
afterEach(async () => {
  await portal[Symbol.asyncDispose]();
});

const lastRecord = () => queryAudit(portal.database, { limit: 1 }).records[0];

describe("signing in", () => {
  test("gives a cookie with every attribute, tells the page who it is, and is on record", async () => {
    const { password } = await portal.person("hanako", ["user"]);
    const answer = await portal.send("POST", "/api/sign-in", {
      body: { name: "Ｈanako", password },
      headers: { "x-forwarded-for": "203.0.113.9" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]).toHaveLength(2);
    expect(answer.headers["set-cookie"]?.[0]).toMatch(
      /^__Host-hanare=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.headers["set-cookie"]?.[1]).toMatch(
      /^__Host-hanare-device=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=15552000$/,
    );
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toMatchObject({
      name: "hanako",
      roles: ["user"],
      mustChangePassword: false,
    });
    expect(lastRecord()).toMatchObject({
      action: "sign-in",
      outcome: "success",
      userName: "hanako",
      terminal: "127.0.0.1",
      target: "Ｈanako",
    });
    const me = await portal.send("GET", "/api/me", { cookie: cookieOf(answer) });
    expect(me.json()).toMatchObject({ name: "hanako" });
  });

  test("a wrong password and an unknown name look the same from outside and differ on record", async () => {
    await portal.person("hanako", ["user"]);
    const bodies = [];
    for (const name of ["hanako", "nobody"]) {
      const answer = await portal.send("POST", "/api/sign-in", {
        body: { name, password: "guess" },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers["set-cookie"]).toBeUndefined();
      bodies.push({ ...answer.json(), requestId: "" });
    }
    expect(bodies[0]).toEqual(bodies[1]);
    const [unknown, wrong] = queryAudit(portal.database, { limit: 2 }).records;
    expect(unknown).toMatchObject({ target: "nobody", userName: null, reason: "unknown-user" });
    expect(wrong).toMatchObject({ target: "hanako", userName: "hanako", reason: "wrong-password" });
  });

  test("after five failures it pauses, says for how long, and records it as refused", async () => {
    const { password } = await portal.person("hanako", ["user"]);
    const body = { name: "hanako", password: "guess" };
    for (let i = 0; i < 5; i += 1) await portal.send("POST", "/api/sign-in", { body });
    const paused = await portal.send("POST", "/api/sign-in", { body: { ...body, password } });
    expect(paused.status).toBe(429);
    expect(paused.headers["retry-after"]).toBe("300");
    expect(lastRecord()).toMatchObject({ outcome: "refused", reason: "throttled-account" });
    portal.advance(300_000);
    const heard = await portal.send("POST", "/api/sign-in", { body: { ...body, password } });
    expect(heard.status).toBe(200);
  });

  test("nothing is granted when the record cannot be kept", async () => {
    const { password } = await portal.person("hanako", ["user"]);
    portal.database.exec("ALTER TABLE audit_records RENAME TO gone");
    const answer = await portal.send("POST", "/api/sign-in", {
      body: { name: "hanako", password },
    });
    portal.database.exec("ALTER TABLE gone RENAME TO audit_records");
    expect(answer.status).toBe(500);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

describe("a one-time password", () => {
  test("opens only the way to a new password, and the change renews the ticket", async () => {
    const made = await portal.identity.create({
      name: "taro",
      displayName: "太郎",
      roles: ["user", "system-admin"],
      groups: [],
    });
    const body = { name: "taro", password: made.oneTimePassword };
    const cookie = cookieOf(await portal.send("POST", "/api/sign-in", { body }));
    for (const path of ["/api/session", "/api/admin/users", "/api/admin/audit"]) {
      const refused = await portal.send("GET", path, { cookie });
      expect([path, refused.json()["code"]]).toEqual([path, "PASSWORD_CHANGE_REQUIRED"]);
    }
    const opening = await portal.send("POST", "/api/sessions", { cookie, body: {} });
    expect(opening.json()).toMatchObject({ code: "PASSWORD_CHANGE_REQUIRED" });
    expect((await portal.send("GET", "/api/me", { cookie })).json()).toMatchObject({
      mustChangePassword: true,
    });

    const change = (next: string, current = made.oneTimePassword) =>
      portal.send("POST", "/api/password", { cookie, body: { current, next } });
    expect((await change("short")).json()).toMatchObject({ code: "PASSWORD_TOO_WEAK" });
    expect(lastRecord()).toMatchObject({ action: "password-change", reason: "too-short" });
    expect((await change("long enough this is", "wrong")).status).toBe(401);
    const changed = await change("long enough this is");
    expect(changed.json()).toMatchObject({ name: "taro", mustChangePassword: false });
    expect(lastRecord()).toMatchObject({ action: "password-change", outcome: "success" });

    expect((await portal.send("GET", "/api/me", { cookie })).status).toBe(401);
    const renewed = cookieOf(changed);
    expect((await portal.send("GET", "/api/session", { cookie: renewed })).status).toBe(200);
  });
});

describe("signing out", () => {
  test("ends the ticket, clears the cookie and ends the running session", async () => {
    const { cookie } = await portal.person("hanako", ["user"]);
    const session = (await portal.send("POST", "/api/sessions", { cookie, body: {} })).json();
    const answer = await portal.send("POST", "/api/sign-out", { cookie });
    expect(answer.status).toBe(204);
    expect(answer.headers["set-cookie"]?.[0]).toContain("Max-Age=0");
    expect(portal.ended).toEqual([{ id: session["id"], reason: "sign-out", message: undefined }]);
    expect((await portal.send("GET", "/api/me", { cookie })).json()).toMatchObject({
      code: "SIGN_IN_REQUIRED",
    });
    expect(lastRecord()).toMatchObject({ action: "sign-out", userName: "hanako" });
  });
});

describe("an account that an administrator changes", () => {
  test("has its new roles at once; disabled, it is out at once and cannot come back", async () => {
    const admin = await portal.person("admin", ["system-admin"]);
    const hanako = await portal.person("hanako", ["user"]);
    await portal.send("POST", "/api/sessions", { cookie: hanako.cookie, body: {} });
    const change = (more: object) =>
      portal.send("POST", `/api/admin/users/${hanako.id}`, {
        cookie: admin.cookie,
        body: { displayName: "花子", roles: ["user"], groups: ["soumu"], disabled: false, ...more },
      });
    const audit = () => portal.send("GET", "/api/admin/audit", { cookie: hanako.cookie });
    expect((await audit()).status).toBe(403);
    expect((await change({ roles: ["user", "auditor"] })).json()).toMatchObject({
      displayName: "花子",
      groups: ["soumu"],
    });
    expect((await audit()).status).toBe(200);
    expect(lastRecord()).toMatchObject({
      action: "user-update",
      userName: "admin",
      target: "hanako",
      details: { roles: "user auditor", groups: "soumu", disabled: false },
    });
    expect((await change({ disabled: true })).status).toBe(200);
    expect((await audit()).status).toBe(401);
    expect(portal.ended).toMatchObject([{ reason: "administrator" }]);
    const body = { name: "hanako", password: hanako.password };
    expect((await portal.send("POST", "/api/sign-in", { body })).json()).toMatchObject({
      code: "SIGN_IN_FAILED",
    });
    expect(lastRecord()).toMatchObject({ outcome: "failure", reason: "disabled" });
  });

  test("keeps its browser when something is added, and loses it with a group or the role", async () => {
    const admin = await portal.person("admin", ["system-admin"]);
    const hanako = await portal.person("hanako", ["user"]);
    const open = () => portal.send("POST", "/api/sessions", { cookie: hanako.cookie, body: {} });
    const endedAfter = async (more: object) => {
      await open();
      const before = portal.ended.length;
      const body = { displayName: "花子", roles: ["user"], groups: ["soumu"], disabled: false };
      const path = `/api/admin/users/${hanako.id}`;
      const answer = await portal.send("POST", path, {
        cookie: admin.cookie,
        body: { ...body, ...more },
      });
      expect(answer.status).toBe(200);
      return portal.ended.slice(before).map(({ reason }) => reason);
    };
    expect(await endedAfter({ groups: ["soumu", "zeimu"] })).toEqual([]);
    expect(await endedAfter({ groups: ["zeimu"] })).toEqual(["administrator"]);
    expect(await endedAfter({ roles: ["auditor"], groups: ["zeimu"] })).toEqual(["administrator"]);
  });

  test("is gone when removed; nobody removes themselves or the last administrator", async () => {
    const admin = await portal.person("admin", ["system-admin"]);
    const hanako = await portal.person("hanako", ["user"]);
    const remove = (id: string) =>
      portal.send("DELETE", `/api/admin/users/${id}`, { cookie: admin.cookie });
    expect((await remove(admin.id)).json()).toMatchObject({ code: "OWN_ACCOUNT" });
    expect((await remove(hanako.id)).status).toBe(204);
    expect(lastRecord()).toMatchObject({ action: "user-remove", target: "hanako" });
    expect((await remove(hanako.id)).status).toBe(404);
    expect((await portal.send("GET", "/api/me", { cookie: hanako.cookie })).status).toBe(401);
  });
});

describe("a reset by the administrator", () => {
  test("hands over a new password, ends the person's tickets and session, and is on record", async () => {
    const admin = await portal.person("admin", ["system-admin"]);
    const hanako = await portal.person("hanako", ["user"]);
    await portal.send("POST", "/api/sessions", { cookie: hanako.cookie, body: {} });
    const answer = await portal.send("POST", `/api/admin/users/${hanako.id}/reset`, {
      cookie: admin.cookie,
    });
    expect(answer.json()).toMatchObject({ user: { name: "hanako", mustChangePassword: true } });
    expect((await portal.send("GET", "/api/me", { cookie: hanako.cookie })).status).toBe(401);
    expect(portal.ended).toMatchObject([{ reason: "administrator" }]);
    expect(lastRecord()).toMatchObject({
      action: "user-reset",
      userName: "admin",
      target: "hanako",
    });
    const body = { name: "hanako", password: String(answer.json()["oneTimePassword"]) };
    expect((await portal.send("POST", "/api/sign-in", { body })).status).toBe(200);
  });

  test("a table of new accounts makes all or none, and says which row is why", async () => {
    const { cookie } = await portal.person("admin", ["system-admin"]);
    const send = (text: string, apply: boolean) =>
      portal.send("POST", "/api/admin/users/import", { cookie, body: { text, apply } });
    const wrong = "利用者名,氏名,役割\nhanako,花子,一般利用者\nadmin,重,一般利用者\n";
    const said = (await send(wrong, true)).json();
    expect(said).toMatchObject({
      users: [
        { line: 2, problem: null },
        { line: 3, problem: "name-taken" },
      ],
      made: null,
    });
    const good = wrong.replace("admin", "taro");
    expect((await send(good, false)).json()).toMatchObject({ made: null });
    expect(portal.identity.list().map(({ name }) => name)).toEqual(["admin"]);
    const done = (await send(good, true)).json();
    const made = done["made"] as { name: string; oneTimePassword: string }[];
    expect(made.map(({ name }) => name)).toEqual(["hanako", "taro"]);
    expect(lastRecord()).toMatchObject({ action: "user-create", reason: "import", target: "taro" });
    const body = { name: "taro", password: made[1]?.oneTimePassword };
    expect((await portal.send("POST", "/api/sign-in", { body })).json()).toMatchObject({
      stage: "password",
    });
  });

  test("new accounts are on record, and so is a name that was taken", async () => {
    const { cookie } = await portal.person("admin", ["system-admin"]);
    const body = { name: "taro", displayName: "太郎", roles: ["user"], groups: ["soumu"] };
    const made = await portal.send("POST", "/api/admin/users", { cookie, body });
    expect(made.json()).toMatchObject({ user: { name: "taro", groups: ["soumu"] } });
    expect(lastRecord()).toMatchObject({
      action: "user-create",
      outcome: "success",
      target: "taro",
    });
    const again = await portal.send("POST", "/api/admin/users", { cookie, body });
    expect(again.status).toBe(409);
    expect(lastRecord()).toMatchObject({ outcome: "failure", reason: "name-taken" });
  });
});
