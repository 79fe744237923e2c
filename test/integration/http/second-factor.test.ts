/** Second factors over the real server: what is asked when, what is on record, whose things are whose. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { SoftwareAuthenticator } from "../../support/authenticator.ts";
import { appCode } from "../../support/authenticator-app.ts";
import { type Answer, cookieOf } from "./portal-client.ts";
import { type Portal, type SignedIn, startPortal } from "./portal.ts";

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal[Symbol.asyncDispose]());

const records = (count: number) =>
  queryAudit(portal.database, { limit: count }).records.map(
    ({ action, outcome, reason, userName, details }) => ({
      ...{ action, outcome, reason, userName, details },
    }),
  );
const post = (path: string, cookie: string, body?: unknown): Promise<Answer> =>
  portal.send("POST", path, { cookie, ...(body !== undefined && { body }) });
const signInAgain = async ({ password }: SignedIn, name: string): Promise<Answer> =>
  portal.send("POST", "/api/sign-in", { body: { name, password } });
/** As the browser names the portal; passkeys need a name, and the tests' server has one beside its address. */
const named = () => {
  const origin = portal.origin.replace("127.0.0.1", "localhost");
  return { origin, headers: { origin, host: new URL(origin).host } };
};

async function setUpApp(cookie: string): Promise<{ secret: string; codes: string[] }> {
  const setup = (await post("/api/factors/totp", cookie)).json();
  const secret = String(setup["secret"]);
  const added = await post("/api/factors/totp/confirm", cookie, {
    code: appCode(secret, portal.now()),
  });
  portal.advance(30_000);
  return { secret, codes: added.json()["recoveryCodes"] as string[] };
}

describe("an authenticator app", () => {
  test("is set up, asked for at the next sign-in, and every step is on record", async () => {
    const hanako = await portal.person("hanako", ["user"]);
    const { secret, codes } = await setUpApp(hanako.cookie);
    expect(codes).toHaveLength(10);
    expect(records(1)).toMatchObject([
      { action: "factor-add", outcome: "success", details: { kind: "totp" } },
    ]);

    const half = await signInAgain(hanako, "hanako");
    expect(half.json()).toMatchObject({ stage: "second-factor", offers: ["totp", "recovery"] });
    expect(half.headers["set-cookie"]).toHaveLength(1);
    const cookie = cookieOf(half);
    const wrong = await post("/api/second-factor/code", cookie, { code: "000000" });
    expect([wrong.status, wrong.json()["code"]]).toEqual([401, "SECOND_FACTOR_FAILED"]);
    const right = await post("/api/second-factor/code", cookie, {
      code: appCode(secret, portal.now()),
    });
    expect(right.json()).toMatchObject({ stage: "full", offers: [] });
    expect(right.headers["set-cookie"]).toHaveLength(2);
    expect(records(3)).toMatchObject([
      { action: "second-factor", outcome: "success", details: { kind: "totp" } },
      { action: "second-factor", outcome: "failure", reason: "wrong-totp" },
      { action: "sign-in", outcome: "success", details: { stage: "second-factor" } },
    ]);
    expect((await portal.send("GET", "/api/me", { cookie })).status).toBe(401);
    const after = await portal.send("GET", "/api/session", { cookie: cookieOf(right) });
    expect(after.status).toBe(200);
  });

  test("does not let the password be changed before it was asked for", async () => {
    const taro = await portal.person("taro", ["user"]);
    await setUpApp(taro.cookie);
    const cookie = cookieOf(await signInAgain(taro, "taro"));
    const body = { current: taro.password, next: "another long enough one" };
    expect((await post("/api/password", cookie, body)).json()).toMatchObject({
      code: "SECOND_FACTOR_REQUIRED",
    });
    expect((await portal.upgrade("/api/open", { cookie })).json()).toMatchObject({
      code: "SECOND_FACTOR_REQUIRED",
    });
  });
});

describe("a passkey", () => {
  const key = new SoftwareAuthenticator();
  const send = (path: string, cookie: string, body?: unknown) =>
    portal.send("POST", path, {
      ...{ cookie, headers: named().headers },
      ...(body !== undefined && { body }),
    });

  test("is added and proves the person, whatever more the browser's answer holds", async () => {
    const jiro = await portal.person("jiro", ["user"]);
    const options = (await send("/api/factors/passkeys/options", jiro.cookie)).json();
    const made = key.create(options as never, named().origin);
    const added = await send("/api/factors/passkeys", jiro.cookie, {
      name: "白い鍵",
      response: { ...made, authenticatorAttachment: "platform" },
    });
    expect(added.json()["recoveryCodes"]).toHaveLength(10);

    const cookie = cookieOf(await signInAgain(jiro, "jiro"));
    const ask = (await send("/api/second-factor/passkey/options", cookie)).json();
    const response = key.get(ask as never, named().origin);
    const proven = await send("/api/second-factor/passkey", cookie, { response });
    expect(proven.json()).toMatchObject({ name: "jiro", stage: "full" });
    expect(records(1)).toMatchObject([
      { action: "second-factor", outcome: "success", details: { kind: "passkey" } },
    ]);
  });

  test("is not made for a page that was opened by address", async () => {
    const saburo = await portal.person("saburo", ["user"]);
    const answer = await post("/api/factors/passkeys/options", saburo.cookie);
    expect([answer.status, answer.json()["code"]]).toEqual([422, "PASSKEY_NEEDS_NAME"]);
  });
});

describe("what is somebody's own", () => {
  test("a sign-in or a passkey of another person is like one that never was", async () => {
    const [shiro, goro] = [
      await portal.person("shiro", ["user"]),
      await portal.person("goro", ["user"]),
    ];
    const list = (await portal.send("GET", "/api/sign-ins", { cookie: shiro.cookie })).json();
    const [signIn] = list["signIns"] as { id: string; current: boolean; terminal: string }[];
    expect(signIn).toMatchObject({ current: true, terminal: "127.0.0.1" });
    for (const path of ["/api/sign-ins", "/api/factors/passkeys"]) {
      const remove = (id: string) =>
        portal.send("DELETE", `${path}/${id}`, { cookie: goro.cookie });
      const [other, never] = [await remove(signIn?.id ?? ""), await remove("0".repeat(64))];
      expect(other.status).toBe(404);
      expect({ ...other.json(), requestId: "" }).toEqual({ ...never.json(), requestId: "" });
    }
    const still = await portal.send("GET", "/api/me", { cookie: shiro.cookie });
    expect(still.status).toBe(200);
  });

  test("signing out everywhere leaves this sign-in, and says how many ended", async () => {
    const rokuro = await portal.person("rokuro", ["user"]);
    const elsewhere = cookieOf(await signInAgain(rokuro, "rokuro"));
    const answer = await portal.send("DELETE", "/api/sign-ins", { cookie: rokuro.cookie });
    // One more from the setting of the password.
    expect(answer.json()).toEqual({ ended: 2 });
    expect((await portal.send("GET", "/api/me", { cookie: elsewhere })).status).toBe(401);
    expect((await portal.send("GET", "/api/me", { cookie: rokuro.cookie })).status).toBe(200);
    expect(records(1)).toMatchObject([{ action: "sign-in-end", details: { count: 2 } }]);
  });
});

describe("an administrator", () => {
  test("takes somebody's second factors away, which ends their sign-ins; their own they cannot", async () => {
    const root = await portal.person("root", ["system-admin"]);
    const lost = await portal.person("lost", ["user"]);
    await setUpApp(lost.cookie);
    const reset = (id: string) =>
      portal.send("DELETE", `/api/admin/users/${id}/factors`, { cookie: root.cookie });
    expect((await reset(root.id)).json()).toMatchObject({ code: "OWN_ACCOUNT" });
    expect((await reset(lost.id)).status).toBe(204);
    expect(records(1)).toMatchObject([{ action: "factor-reset", userName: "root" }]);
    expect((await portal.send("GET", "/api/me", { cookie: lost.cookie })).status).toBe(401);
    expect((await signInAgain(lost, "lost")).json()).toMatchObject({ stage: "full" });
  });

  test("proves again who they are before making an account, a while after signing in", async () => {
    const late = await portal.person("late", ["system-admin"]);
    portal.advance(15 * 60_000 + 1);
    const body = { name: "newcomer", displayName: "新", roles: ["user"], groups: [] };
    const make = () => post("/api/admin/users", late.cookie, body);
    expect((await make()).json()).toMatchObject({ code: "PROOF_REQUIRED" });
    const wrong = await post("/api/proof", late.cookie, { password: "guess" });
    expect([wrong.status, wrong.json()["code"]]).toEqual([401, "SIGN_IN_FAILED"]);
    expect((await make()).status).toBe(403);
    expect((await post("/api/proof", late.cookie, { password: late.password })).status).toBe(204);
    expect((await make()).status).toBe(200);
  });
});
