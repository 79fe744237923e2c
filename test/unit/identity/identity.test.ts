import type { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import { cookieName, deviceCookieName } from "../../../orchestrator/identity/cookie.ts";
import { createIdentity, type Identity } from "../../../orchestrator/identity/identity.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { identitySettings, quickHashing, sealKey } from "../../support/identity.ts";

const hashing = quickHashing;
const settings = identitySettings();
const cookie = (token: string) => `${cookieName}=${token}`;

describe("identity", () => {
  let now: number;
  let database: DatabaseSync;
  let identity: Identity;
  let password: string;

  const signIn = async (name = "hanako", secret = password, terminal = "10.0.0.1") =>
    identity.signIn(name, secret, { terminal });
  const token = async (): Promise<string> => {
    const result = await signIn();
    if (result.outcome !== "signed-in") throw new Error(result.outcome);
    return result.token;
  };

  beforeEach(async () => {
    now = Date.parse("2026-04-01T00:00:00Z");
    database = openDatabase(":memory:");
    identity = createIdentity({ database, settings, sealKey, now: () => now, hashing });
    const made = await identity.create({
      name: "Ｈａｎａｋｏ",
      displayName: "花子",
      roles: ["user"],
      groups: [],
    });
    password = made.oneTimePassword;
  });

  test("a new account is stored under its normalised name and must change its password", async () => {
    const result = await signIn("HANAKO");
    expect(result).toMatchObject({
      outcome: "signed-in",
      user: { name: "hanako", mustChangePassword: true, lastSignInAt: "2026-04-01T00:00:00.000Z" },
    });
  });

  test("a wrong password and an unknown name are told apart only inside", async () => {
    expect(await signIn("hanako", "wrong")).toMatchObject({ reason: "wrong-password" });
    expect(await signIn("nobody", "wrong")).toEqual({ outcome: "refused", reason: "unknown-user" });
  });

  test("a name that does not exist costs as much work as a wrong password", async () => {
    const strong = { memoryKib: 16 * 1024, passes: 3, lanes: 1 };
    identity = createIdentity({ database, settings, sealKey, now: () => now, hashing: strong });
    await identity.create({ name: "taro", displayName: "太郎", roles: ["user"], groups: [] });
    await signIn("warms up", "wrong", "10.0.0.7");
    const costsOf = async (name: string): Promise<number[]> => {
      const costs: number[] = [];
      for (const terminal of ["10.0.0.8", "10.0.0.9", "10.0.0.10"]) {
        const before = performance.now();
        await signIn(name, "wrong", terminal);
        costs.push(performance.now() - before);
      }
      return costs;
    };
    const [unknown, known] = [await costsOf("nobody"), await costsOf("taro")];
    // One of three may have waited for the processor; without the work none comes near.
    expect(Math.max(...unknown)).toBeGreaterThan(Math.min(...known) / 3);
  });

  test("the name is taken whatever its width or case", async () => {
    const again = { name: "HANAKO", displayName: "x", roles: ["user" as const], groups: [] };
    await expect(identity.create(again)).rejects.toMatchObject({ code: "USER_EXISTS" });
  });

  test("the database holds neither password nor token", async () => {
    const issued = await token();
    const everything = JSON.stringify([
      database.prepare("SELECT * FROM accounts").all(),
      database.prepare("SELECT * FROM tickets").all(),
    ]);
    expect(everything).not.toContain(password);
    expect(everything).not.toContain(issued);
    expect(everything).toContain("$argon2id$v=19$m=64,t=1,p=1$");
  });

  test("left to itself it hashes with 64 MiB and three passes", async () => {
    const standard = createIdentity({ database, settings, sealKey, now: () => now });
    await standard.create({ name: "taro", displayName: "太郎", roles: ["user"], groups: [] });
    const row = database
      .prepare("SELECT password_hash AS h FROM accounts WHERE name = 'taro'")
      .get();
    expect(row?.["h"]).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  });

  test("a ticket is good until its hours are over", async () => {
    const issued = await token();
    now += 12 * 3_600_000 - 1;
    expect(identity.authenticate(cookie(issued))?.user.name).toBe("hanako");
    now += 1;
    expect(identity.authenticate(cookie(issued))).toBeUndefined();
  });

  test.each([
    ["made up", "A".repeat(43)],
    ["empty", ""],
    ["not a token at all", "' OR 1=1 --"],
  ])("a ticket that is %s signs nobody in", (_sentence, forged) => {
    expect(identity.authenticate(cookie(forged))).toBeUndefined();
  });

  test("signing out ends this ticket and no other", async () => {
    const [one, two] = [await token(), await token()];
    const ticketId = identity.authenticate(cookie(one))?.ticketId ?? "";
    identity.signOut(ticketId);
    expect(identity.authenticate(cookie(one))).toBeUndefined();
    expect(identity.authenticate(cookie(two))).toBeDefined();
  });

  test("changing the password ends every ticket and gives one new", async () => {
    const [one, two] = [await token(), await token()];
    const user = identity.authenticate(cookie(one))?.user;
    if (!user) throw new Error("not signed in");
    const result = await identity.changePassword(user, password, "a much better one");
    if (result.outcome !== "changed") throw new Error(result.outcome);
    expect(result.user.mustChangePassword).toBe(false);
    expect(identity.authenticate(cookie(one))).toBeUndefined();
    expect(identity.authenticate(cookie(two))).toBeUndefined();
    expect(identity.authenticate(cookie(result.token))?.user.mustChangePassword).toBe(false);
    expect(await signIn("hanako", password)).toMatchObject({ reason: "wrong-password" });
    expect(await signIn("hanako", "a much better one")).toMatchObject({ outcome: "signed-in" });
  });

  test("the old password is not a new one", async () => {
    const user = identity.authenticate(cookie(await token()))?.user;
    if (!user) throw new Error("not signed in");
    expect(await identity.changePassword(user, password, password)).toEqual({
      outcome: "too-weak",
      reason: "is-old-password",
    });
  });

  test("guessing the current password through the change is paused like signing in", async () => {
    const user = identity.authenticate(cookie(await token()))?.user;
    if (!user) throw new Error("not signed in");
    for (let i = 0; i < 5; i += 1)
      expect(await identity.changePassword(user, `guess ${i}`, "a much better one")).toMatchObject({
        reason: "wrong-password",
      });
    expect(await identity.changePassword(user, password, "a much better one")).toEqual({
      outcome: "throttled",
      retryAfterSeconds: 300,
    });
  });

  test("a reset ends tickets and password", async () => {
    const issued = await token();
    const id = identity.list()[0]?.id;
    if (!id) throw new Error("no account");
    const { oneTimePassword } = await identity.reset(id);
    expect(identity.authenticate(cookie(issued))).toBeUndefined();
    expect(await signIn("hanako", password)).toMatchObject({ reason: "wrong-password" });
    expect(await signIn("hanako", oneTimePassword)).toMatchObject({ outcome: "signed-in" });
  });

  test("an account that failed five times at a terminal is paused there, even with the right password", async () => {
    for (let i = 0; i < 5; i += 1) await signIn("hanako", "wrong", "10.0.0.9");
    expect(await signIn("hanako", password, "10.0.0.9")).toMatchObject({
      outcome: "throttled",
      by: "account",
      retryAfterSeconds: 300,
      user: { name: "hanako" },
    });
    now += 300_000;
    expect(await signIn("hanako", password, "10.0.0.9")).toMatchObject({ outcome: "signed-in" });
  });

  test("whoever fails as somebody else at one terminal does not lock that person out at another", async () => {
    for (let i = 0; i < 20; i += 1) await signIn("hanako", "wrong", "10.0.0.66");
    expect(await signIn("hanako", password, "10.0.0.9")).toMatchObject({ outcome: "signed-in" });
  });

  describe("when very many terminals fail as one person", () => {
    const failEverywhere = async () => {
      for (let i = 0; i < 50; i += 1) await signIn("hanako", "wrong", `10.2.0.${i}`);
    };

    test("terminals the person was never at are paused", async () => {
      await failEverywhere();
      expect(await signIn("hanako", password, "10.0.0.9")).toMatchObject({
        outcome: "throttled",
        by: "account-everywhere",
      });
    });

    test("a browser they have signed in with before is not", async () => {
      const first = await signIn("hanako", password, "10.0.0.9");
      if (first.outcome !== "signed-in" || first.device === undefined) throw new Error("no device");
      const from = {
        terminal: "10.0.0.9",
        untrustedCookies: `${deviceCookieName}=${first.device}`,
      };
      await failEverywhere();
      expect(await identity.signIn("hanako", password, from)).toMatchObject({
        outcome: "signed-in",
        device: first.device,
      });
      // It has a count of its own, and is worth nothing to anybody else's account.
      for (let i = 0; i < 5; i += 1) await identity.signIn("hanako", "wrong", from);
      expect(await identity.signIn("hanako", password, from)).toMatchObject({ by: "device" });
    });

    test("a device cookie of one account is none of another's, and a made-up one is nobody's", async () => {
      const other = await identity.create({
        ...{ name: "taro", displayName: "太郎", roles: ["user"], groups: [] },
      });
      const first = await signIn("taro", other.oneTimePassword, "10.0.0.9");
      if (first.outcome !== "signed-in" || first.device === undefined) throw new Error("no device");
      await failEverywhere();
      for (const device of [first.device, "A".repeat(43)]) {
        const from = { terminal: "10.0.0.9", untrustedCookies: `${deviceCookieName}=${device}` };
        expect(await identity.signIn("hanako", password, from)).toMatchObject({
          by: "account-everywhere",
        });
      }
    });
  });

  test("a terminal that failed twenty times is paused for every name", async () => {
    for (let i = 0; i < 20; i += 1) await signIn(`nobody${i}`, "wrong");
    expect(await signIn()).toMatchObject({ outcome: "throttled", by: "terminal" });
    expect(await signIn("hanako", password, "10.0.0.2")).toMatchObject({ outcome: "signed-in" });
  });

  test("signing in as oneself buys no more guesses at others", async () => {
    for (let i = 0; i < 19; i += 1) await signIn(`nobody${i}`, "wrong");
    expect(await signIn()).toMatchObject({ outcome: "signed-in" });
    await signIn("nobody20", "wrong");
    expect(await signIn()).toMatchObject({ outcome: "throttled", by: "terminal" });
  });

  test("of forty guesses sent at once from one terminal, five are heard", async () => {
    const results = await Promise.all(
      Array.from({ length: 40 }, (_unused, i) => signIn("hanako", `guess ${i}`)),
    );
    expect(results.filter(({ outcome }) => outcome === "refused")).toHaveLength(5);
    expect(results.filter(({ outcome }) => outcome === "throttled")).toHaveLength(35);
  });

  test("of eighty guesses sent at once from eighty terminals, fifty are heard", async () => {
    const results = await Promise.all(
      Array.from({ length: 80 }, (_unused, i) => signIn("hanako", `guess ${i}`, `10.1.0.${i}`)),
    );
    expect(results.filter(({ outcome }) => outcome === "refused")).toHaveLength(50);
    expect(results.filter(({ outcome }) => outcome === "throttled")).toHaveLength(30);
  });

  test("a one-time password is good for three days, and says so when it is not", async () => {
    now += 72 * 3_600_000 - 1;
    expect(await signIn()).toMatchObject({ outcome: "signed-in" });
    now += 1;
    expect(await signIn()).toMatchObject({ outcome: "refused", reason: "one-time-expired" });
    expect(await signIn("hanako", "wrong")).toMatchObject({ reason: "wrong-password" });
    const id = identity.list()[0]?.id;
    if (!id) throw new Error("no account");
    const renewed = await identity.reset(id);
    expect(await signIn("hanako", renewed.oneTimePassword)).toMatchObject({ outcome: "signed-in" });
  });

  test("a password of one's own does not run out", async () => {
    const user = identity.authenticate(cookie(await token()))?.user;
    if (!user) throw new Error("not signed in");
    await identity.changePassword(user, password, "a much better one");
    now += 1000 * 86_400_000;
    expect(await signIn("hanako", "a much better one")).toMatchObject({ outcome: "signed-in" });
  });

  describe("the list of one's own sign-ins", () => {
    test("says where from and when last seen, to the minute", async () => {
      const from = { terminal: "10.0.0.9", untrustedBrowser: `Edge ${"x".repeat(1000)}` };
      const result = await identity.signIn("hanako", password, from);
      if (result.outcome !== "signed-in") throw new Error(result.outcome);
      now += 59_000;
      identity.authenticate(cookie(result.token));
      const early = identity.signIns(result.user.id)[0];
      expect(early).toMatchObject({ terminal: "10.0.0.9", seenMs: now - 59_000 });
      expect(early?.browser).toHaveLength(256);
      now += 1000;
      identity.authenticate(cookie(result.token));
      expect(identity.signIns(result.user.id)[0]?.seenMs).toBe(now);
    });

    test("ending all others leaves this one, and makes strangers of all browsers", async () => {
      const [here, there] = [await token(), await token()];
      const caller = identity.authenticate(cookie(here));
      if (!caller) throw new Error("not signed in");
      expect(identity.endOtherSignIns(caller)).toBe(1);
      expect(identity.authenticate(cookie(there))).toBeUndefined();
      expect(identity.authenticate(cookie(here))).toBeDefined();
      expect(database.prepare("SELECT count(*) AS n FROM known_devices").get()).toEqual({ n: 0 });
    });

    test("nobody ends somebody else's", async () => {
      const mine = identity.authenticate(cookie(await token()));
      const made = await identity.create({
        ...{ name: "taro", displayName: "太郎", roles: ["user"], groups: [] },
      });
      if (!mine) throw new Error("not signed in");
      expect(identity.endSignIn(made.user.id, mine.ticketId)).toBe(false);
      expect(identity.signIns(mine.user.id)).toHaveLength(1);
      expect(identity.endSignIn(mine.user.id, mine.ticketId)).toBe(true);
    });
  });

  describe("an account that is changed", () => {
    const root = "local-root" as UserId;
    const facts = { displayName: "花子", roles: ["user", "auditor"], groups: ["soumu"] } as const;
    const callerOf = (issued: string) => identity.authenticate(cookie(issued));
    const idOf = (name: string): UserId => {
      const found = identity.list().find((user) => user.name === name);
      if (!found) throw new Error(`no ${name}`);
      return found.id;
    };

    test("has its new roles and groups from the next request on", async () => {
      const issued = await token();
      identity.update(idOf("hanako"), { ...facts, disabled: false }, root);
      expect(callerOf(issued)?.user).toMatchObject(facts);
    });

    test("is out at once when it is disabled, and cannot come back until it is enabled", async () => {
      const issued = await token();
      identity.update(idOf("hanako"), { ...facts, disabled: true }, root);
      expect(callerOf(issued)).toBeUndefined();
      expect(await signIn()).toMatchObject({ outcome: "refused", reason: "disabled" });
      // Whether the account is in use is told to nobody who does not know its password.
      expect(await signIn("hanako", "wrong")).toMatchObject({ reason: "wrong-password" });
      identity.update(idOf("hanako"), { ...facts, disabled: false }, root);
      expect(callerOf(issued)).toBeUndefined();
      expect(await signIn()).toMatchObject({ outcome: "signed-in" });
    });

    test("is gone when it is removed, with its sign-ins, browsers and factors", async () => {
      const issued = await token();
      const caller = callerOf(issued);
      if (!caller) throw new Error("not signed in");
      identity.secondFactor.beginTotp(caller.user);
      identity.remove(idOf("hanako"), root);
      expect(callerOf(issued)).toBeUndefined();
      expect(await signIn()).toMatchObject({ reason: "unknown-user" });
      for (const table of ["accounts", "tickets", "known_devices", "totp_secrets"])
        expect(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 });
      expect(() => identity.remove(caller.user.id, root)).toThrow("NOT_FOUND");
    });

    test("stays as it is when the change is refused", async () => {
      const issued = await token();
      const id = idOf("hanako");
      expect(() => identity.update(id, { ...facts, disabled: false }, id)).toThrow("OWN_ACCOUNT");
      expect(() => identity.remove(id, id)).toThrow("OWN_ACCOUNT");
      identity.update(id, { ...facts, roles: ["system-admin"], disabled: false }, root);
      expect(() => identity.update(id, { ...facts, disabled: true }, root)).toThrow(
        "LAST_ADMINISTRATOR",
      );
      expect(callerOf(issued)?.user.roles).toEqual(["system-admin"]);
    });
  });

  describe("a proof of who one is", () => {
    const caller = (issued: string) => {
      const found = identity.authenticate(cookie(issued));
      if (!found) throw new Error("not signed in");
      return found;
    };

    test("is good for fifteen minutes from the sign-in, and again from the password", async () => {
      const issued = await token();
      now += 15 * 60_000;
      expect(caller(issued).fresh).toBe(true);
      now += 1;
      expect(caller(issued).fresh).toBe(false);
      expect(await identity.prove(caller(issued), "wrong")).toEqual({ outcome: "refused" });
      expect(caller(issued).fresh).toBe(false);
      expect(await identity.prove(caller(issued), password)).toEqual({ outcome: "proven" });
      expect(caller(issued).fresh).toBe(true);
    });

    test("is not to be had by guessing", async () => {
      const issued = await token();
      for (let i = 0; i < 5; i += 1) await identity.prove(caller(issued), `guess ${i}`);
      expect(await identity.prove(caller(issued), password)).toMatchObject({
        outcome: "throttled",
        retryAfterSeconds: 300,
      });
    });
  });
});
