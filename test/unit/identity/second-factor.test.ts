import type { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import { cookieName } from "../../../orchestrator/identity/cookie.ts";
import { createIdentity, type Identity } from "../../../orchestrator/identity/identity.ts";
import type { Authenticated } from "../../../orchestrator/identity/types.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { appCode } from "../../support/authenticator-app.ts";
import { SoftwareAuthenticator } from "../../support/authenticator.ts";
import { identitySettings, quickHashing, sealKey } from "../../support/identity.ts";

const origin = "https://hanare.example:8443";
const rp = { id: "hanare.example", origin };
const from = { terminal: "10.0.0.1" };

describe("a second factor", () => {
  let now: number;
  let database: DatabaseSync;
  let identity: Identity;
  let password: string;
  const settings = identitySettings({ secondFactorRoles: ["system-admin"] });

  const tokenOf = async (name = "hanako", secret = password): Promise<string> => {
    const result = await identity.signIn(name, secret, from);
    if (result.outcome !== "signed-in") throw new Error(result.outcome);
    return result.token;
  };
  const callerOf = (token: string): Authenticated => {
    const caller = identity.authenticate(`${cookieName}=${token}`);
    if (!caller) throw new Error("not signed in");
    return caller;
  };
  const attempt = (terminal = "10.0.0.1") => ({ account: "hanako", terminal });
  const person = async (name: string, roles: Parameters<Identity["create"]>[0]["roles"]) => {
    const made = await identity.create({ name, displayName: name, roles, groups: [] });
    const changed = await identity.changePassword(
      made.user,
      made.oneTimePassword,
      "a long enough password",
    );
    if (changed.outcome !== "changed") throw new Error(changed.outcome);
    return changed;
  };

  /** Sets an app up; the secret and the recovery codes. */
  const setUpApp = async (token: string) => {
    const { secret } = identity.secondFactor.beginTotp(callerOf(token).user);
    const added = await identity.secondFactor.confirmTotp(callerOf(token), appCode(secret, now));
    if (added.outcome !== "added") throw new Error(added.outcome);
    now += 30_000;
    return { secret, codes: added.recoveryCodes ?? [] };
  };

  beforeEach(async () => {
    now = Date.parse("2026-04-01T00:00:00Z");
    database = openDatabase(":memory:");
    identity = createIdentity({
      database,
      settings,
      sealKey,
      now: () => now,
      hashing: quickHashing,
    });
    await person("hanako", ["user"]);
    password = "a long enough password";
  });

  test("is not asked of whoever has none and needs none", async () => {
    expect(callerOf(await tokenOf()).stage).toBe("full");
  });

  test("must be set up by somebody whose role needs one, and opens everything once it is", async () => {
    await person("root", ["user", "system-admin"]);
    const token = await tokenOf("root");
    expect(callerOf(token).stage).toBe("enrol");
    await setUpApp(token);
    expect(callerOf(token).stage).toBe("full");
  });

  test("is asked for after the password, and gives another ticket", async () => {
    const first = await tokenOf();
    const { secret } = await setUpApp(first);
    expect(callerOf(first).stage).toBe("full");
    const token = await tokenOf();
    expect(callerOf(token).stage).toBe("second-factor");
    const result = await identity.secondFactor.proveCode(
      ...([callerOf(token), appCode(secret, now), attempt()] as const),
    );
    if (result.outcome !== "proven") throw new Error(result.outcome);
    expect(result.how).toBe("totp");
    expect(callerOf(result.token).stage).toBe("full");
    expect(identity.authenticate(`${cookieName}=${token}`)).toBeUndefined();
  });

  test("that was added ends the way in of older sign-ins with the password alone", async () => {
    const [here, there] = [await tokenOf(), await tokenOf()];
    await setUpApp(here);
    expect(callerOf(there).stage).toBe("second-factor");
  });

  test("is awaited for ten minutes", async () => {
    await setUpApp(await tokenOf());
    const token = await tokenOf();
    now += 10 * 60_000;
    expect(identity.authenticate(`${cookieName}=${token}`)).toBeUndefined();
  });

  test("a code is good once, also for two that come at the same moment", async () => {
    const { secret } = await setUpApp(await tokenOf());
    const callers = [callerOf(await tokenOf()), callerOf(await tokenOf())];
    const code = appCode(secret, now);
    const results = await Promise.all(
      callers.map((caller) => identity.secondFactor.proveCode(caller, code, attempt())),
    );
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["proven", "refused"]);
  });

  test("an app counts for nothing before its first code was right", async () => {
    const token = await tokenOf();
    const { secret } = identity.secondFactor.beginTotp(callerOf(token).user);
    const wrong = appCode(secret, now + 3_600_000);
    expect(await identity.secondFactor.confirmTotp(callerOf(token), wrong)).toMatchObject({
      outcome: "refused",
    });
    expect(callerOf(await tokenOf()).stage).toBe("full");
    expect(identity.secondFactor.state(callerOf(token).user).totpSince).toBeNull();
  });

  test("guesses are paused at that terminal and not at others", async () => {
    const { secret } = await setUpApp(await tokenOf());
    const caller = callerOf(await tokenOf());
    for (let i = 0; i < 5; i += 1)
      expect(
        await identity.secondFactor.proveCode(caller, "000000", attempt("10.0.0.66")),
      ).toMatchObject({ outcome: "refused", reason: "wrong-totp" });
    const code = appCode(secret, now);
    expect(await identity.secondFactor.proveCode(caller, code, attempt("10.0.0.66"))).toMatchObject(
      { outcome: "throttled", by: "account" },
    );
    expect(await identity.secondFactor.proveCode(caller, code, attempt("10.0.0.1"))).toMatchObject({
      outcome: "proven",
    });
  });

  test("ten recovery codes come with it; each opens once, however it is typed", async () => {
    const { codes } = await setUpApp(await tokenOf());
    expect(new Set(codes).size).toBe(10);
    const typed = (codes[0] ?? "").toUpperCase().replaceAll("-", " ");
    const use = async (code: string) =>
      identity.secondFactor.proveCode(callerOf(await tokenOf()), code, attempt());
    expect(await use(typed)).toMatchObject({ outcome: "proven", how: "recovery" });
    expect(await use(typed)).toMatchObject({ outcome: "refused", reason: "wrong-recovery" });
    const { user } = callerOf(await tokenOf());
    expect(identity.secondFactor.state(user).recoveryCodesLeft).toBe(9);
    const renewed = identity.secondFactor.renewRecoveryCodes(user);
    expect(await use(codes[1] ?? "")).toMatchObject({ outcome: "refused" });
    expect(await use(renewed[1] ?? "")).toMatchObject({ outcome: "proven" });
  });

  test("the database holds neither the app's secret nor a recovery code", async () => {
    const { secret, codes } = await setUpApp(await tokenOf());
    const rows = ["totp_secrets", "recovery_codes"].flatMap((table) =>
      database.prepare(`SELECT * FROM ${table}`).all(),
    );
    const everything = JSON.stringify(rows, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
    );
    expect(rows).toHaveLength(11);
    for (const hidden of [secret, ...codes]) expect(everything).not.toContain(hidden);
  });

  test("the last one of somebody who needs one stays, an administrator takes them all away", async () => {
    const { user } = await person("root", ["system-admin"]);
    const token = await tokenOf("root");
    await setUpApp(token);
    expect(() => identity.secondFactor.removeTotp(user)).toThrow("FACTOR_NEEDED");
    expect(callerOf(token).stage).toBe("full");
    identity.resetFactors(user.id);
    expect(identity.authenticate(`${cookieName}=${token}`)).toBeUndefined();
    expect(callerOf(await tokenOf("root")).stage).toBe("enrol");
  });

  test("whoever needs none takes it away, and its recovery codes go with it", async () => {
    const token = await tokenOf();
    await setUpApp(token);
    const { user } = callerOf(token);
    identity.secondFactor.removeTotp(user);
    expect(identity.secondFactor.state(user)).toMatchObject({
      totpSince: null,
      recoveryCodesLeft: 0,
    });
    expect(callerOf(await tokenOf()).stage).toBe("full");
    expect(() => identity.secondFactor.removeTotp(user)).toThrow("NOT_FOUND");
  });

  describe("a passkey", () => {
    let key: SoftwareAuthenticator;
    let token: string;
    const register = async (on = rp, where = origin) => {
      const options = await identity.secondFactor.passkeyOptions(callerOf(token), on);
      const answer = key.create(options, where);
      return identity.secondFactor.addPasskey(callerOf(token), on, "白い鍵", answer);
    };
    const prove = async (where = origin, on = rp) => {
      const caller = callerOf(await tokenOf());
      const options = await identity.secondFactor.proofOptions(caller, on);
      const answer = key.get(options, where);
      return identity.secondFactor.provePasskey(caller, on, answer, attempt());
    };

    beforeEach(async () => {
      key = new SoftwareAuthenticator();
      token = await tokenOf();
    });

    test("is added with recovery codes, asked for, and proves the person", async () => {
      expect(await register()).toMatchObject({ outcome: "added" });
      expect(identity.secondFactor.offers(callerOf(token).user.id, rp.id)).toEqual([
        "passkey",
        "recovery",
      ]);
      expect(callerOf(await tokenOf()).stage).toBe("second-factor");
      expect(await prove()).toMatchObject({ outcome: "proven", how: "passkey" });
      expect(identity.secondFactor.state(callerOf(token).user).passkeys).toMatchObject([
        { name: "白い鍵", rpId: "hanare.example", lastUsedAt: new Date(now).toISOString() },
      ]);
    });

    test("signed on another site's page is refused", async () => {
      expect(await register(rp, "https://hanare.example.evil.test")).toMatchObject({
        outcome: "refused",
      });
      await register();
      expect(await prove("https://hanare.example.evil.test")).toMatchObject({ outcome: "refused" });
    });

    test("is neither offered nor taken under another name of the portal", async () => {
      await register();
      const other = { id: "other.example", origin: "https://other.example" };
      expect(identity.secondFactor.offers(callerOf(token).user.id, other.id)).toEqual(["recovery"]);
      expect(await prove(other.origin, other)).toMatchObject({ reason: "unknown-key" });
    });

    test("an answer is good once", async () => {
      await register();
      const caller = callerOf(await tokenOf());
      const options = await identity.secondFactor.proofOptions(caller, rp);
      const answer = key.get(options, origin);
      const twice = () => identity.secondFactor.provePasskey(caller, rp, answer, attempt());
      expect(await twice()).toMatchObject({ outcome: "proven" });
      expect(await twice()).toMatchObject({ outcome: "refused", reason: "no-challenge" });
    });

    test("a copy of it, which has signed less often, is refused", async () => {
      await register();
      key.counter = 50;
      expect(await prove()).toMatchObject({ outcome: "proven" });
      key.counter = 3;
      expect(await prove()).toMatchObject({ outcome: "refused", reason: "not-valid" });
    });

    test("of somebody else proves nothing", async () => {
      await register();
      await person("taro", ["user"]);
      const stranger = callerOf(await tokenOf("taro"));
      const options = await identity.secondFactor.proofOptions(stranger, rp);
      const answer = key.get(options, origin);
      expect(
        await identity.secondFactor.provePasskey(stranger, rp, answer, attempt()),
      ).toMatchObject({ outcome: "refused", reason: "unknown-key" });
    });

    test("answered too late is refused", async () => {
      await register();
      const caller = callerOf(await tokenOf());
      const options = await identity.secondFactor.proofOptions(caller, rp);
      now += 5 * 60_000;
      const answer = key.get(options, origin);
      expect(await identity.secondFactor.provePasskey(caller, rp, answer, attempt())).toMatchObject(
        {
          reason: "no-challenge",
        },
      );
    });
  });
});
