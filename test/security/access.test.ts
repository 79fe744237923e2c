/**
 * Every route × everybody who may knock: the table says who is let in, the server is asked. A route that is
 * not in the table fails, and so does a row without its route.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Route } from "../../orchestrator/http/route.ts";
import { routes } from "../../orchestrator/http/routes.ts";
import { type Role, roles, type Stage, stages } from "../../orchestrator/identity/types.ts";
import { appCode } from "../support/authenticator-app.ts";
import { cookieOf, type Portal, startPortal } from "../integration/http/portal.ts";

interface Row {
  /** "anyone" needs no sign-in; "person" is everybody who signed in, whatever their roles. */
  readonly who: "anyone" | "person" | readonly Role[];
  /** The earliest stage of a sign-in that reaches it; left out: a complete one. */
  readonly from?: Stage;
  /** Wants a fresh proof. */
  readonly fresh?: true;
}

const anyone: Row = { who: "anyone" };
const person: Row = { who: "person" };
const only = (...who: Role[]): Row => ({ who });
const lists = only("list-admin", "system-admin");
const system = only("system-admin");
const systemProven: Row = { ...system, fresh: true };
const factor: Row = { who: "person", from: "enrol", fresh: true };
const ownProven: Row = { who: "person", fresh: true };

const table: Readonly<Record<string, Row>> = {
  "POST /api/sign-in": anyone,
  "POST /api/go": anyone,
  "GET /api/health": anyone,
  "GET /api/me": { who: "person", from: "second-factor" },
  "POST /api/sign-out": { who: "person", from: "second-factor" },
  "POST /api/second-factor/code": { who: "person", from: "second-factor" },
  "POST /api/second-factor/passkey": { who: "person", from: "second-factor" },
  "POST /api/second-factor/passkey/options": { who: "person", from: "second-factor" },
  "POST /api/password": { who: "person", from: "password" },
  "POST /api/proof": { who: "person", from: "enrol" },
  "GET /api/factors": { who: "person", from: "enrol" },
  "POST /api/factors/totp": factor,
  "POST /api/factors/totp/confirm": factor,
  "DELETE /api/factors/totp": ownProven,
  "POST /api/factors/passkeys/options": factor,
  "POST /api/factors/passkeys": factor,
  "DELETE /api/factors/passkeys/:id": ownProven,
  "POST /api/factors/recovery-codes": ownProven,
  "GET /api/sign-ins": person,
  "DELETE /api/sign-ins": person,
  "DELETE /api/sign-ins/:id": person,
  "GET /api/session": person,
  "POST /api/sessions": only("user"),
  "GET /api/sessions/:id": person,
  "DELETE /api/sessions/:id": person,
  "GET /api/downloads/:id/content": person,
  "GET /api/downloads/:id/manifest": person,
  "POST /api/downloads/:id/password": person,
  "GET /api/requests": person,
  "GET /api/requests/refusals/:id": person,
  "POST /api/requests": person,
  "DELETE /api/requests/:id": person,
  "GET /api/admin/requests": lists,
  "GET /api/admin/requests/:id": lists,
  "POST /api/admin/requests/:id/decide": lists,
  "GET /api/admin/policy": lists,
  "POST /api/admin/policy/explain": lists,
  "GET /api/admin/policy/lint": lists,
  "GET /api/admin/policy/versions": lists,
  "GET /api/admin/policy/versions/:number": lists,
  "GET /api/admin/policy/versions/:number/file": lists,
  "GET /api/admin/policy/diff": lists,
  "POST /api/admin/policy/trials": lists,
  "GET /api/admin/policy/trials/:id": lists,
  "POST /api/admin/policy/publish": lists,
  "POST /api/admin/policy/rollback": lists,
  "POST /api/admin/policy/feeds/:name": lists,
  "GET /api/admin/overview": system,
  "GET /api/admin/metrics": system,
  "GET /api/admin/sessions": system,
  "DELETE /api/admin/sessions/:id": system,
  "POST /api/admin/reconcile": system,
  "GET /api/admin/audit": only("auditor", "system-admin"),
  "GET /api/admin/audit.csv": only("auditor", "system-admin"),
  "GET /api/admin/users": system,
  "POST /api/admin/users": systemProven,
  "POST /api/admin/users/:id/reset": systemProven,
  "DELETE /api/admin/users/:id/factors": systemProven,
  "GET /api/admin/isolation": system,
  "POST /api/admin/isolation": system,
};

const nameOf = ({ method, url }: Route) => `${method} ${url}`;
const rowOf = (route: Route): Row | undefined => table[nameOf(route)];

const notYet: Readonly<Record<Exclude<Stage, "full">, string>> = {
  "second-factor": "SECOND_FACTOR_REQUIRED",
  password: "PASSWORD_CHANGE_REQUIRED",
  enrol: "FACTOR_SETUP_REQUIRED",
};

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({ secondFactorRoles: ["approver"] });
});
afterAll(() => portal[Symbol.asyncDispose]());

/** Sent with nothing in it: whoever is let in hears of what is missing, whoever is not hears why. */
async function knock(route: Route, cookie: string | undefined): Promise<unknown> {
  const path = route.url.replaceAll(/:\w+/g, "uaaaaaaaaaaaaaaaaaaaa");
  const answer = await portal.send(route.method, path, {
    ...(cookie !== undefined && { cookie }),
  });
  if (answer.status < 400) return "let in";
  const { code } = answer.json();
  expect([nameOf(route), answer.status]).not.toEqual([nameOf(route), 500]);
  return code;
}

const refusals = ["SIGN_IN_REQUIRED", "FORBIDDEN", "PROOF_REQUIRED", ...Object.values(notYet)];
const expectLetIn = (route: Route, answer: unknown) =>
  expect([nameOf(route), refusals.includes(String(answer)) ? answer : "let in"]).toEqual([
    nameOf(route),
    "let in",
  ]);

const wanted = (route: Route): Row => {
  const row = rowOf(route);
  if (!row) throw new Error(`say in the table who may use ${nameOf(route)}`);
  return row;
};

/** A sign-in of its own for each knock: some routes end it. */
async function cookieAt(name: string): Promise<string> {
  const password = `${name} has a long password`;
  const answer = await portal.send("POST", "/api/sign-in", { body: { name, password } });
  return cookieOf(answer);
}

describe("the table", () => {
  it("has a row for every route", () => {
    expect(routes.filter((route) => rowOf(route) === undefined).map(nameOf)).toEqual([]);
  });

  it("has no row for what is not there", () => {
    const there = new Set(routes.map(nameOf));
    expect(Object.keys(table).filter((name) => !there.has(name))).toEqual([]);
  });

  it("lets auditors change nothing, and gives system administrators no way to write or drop records", () => {
    const forAuditors = routes.filter((route) => {
      const { who } = wanted(route);
      return Array.isArray(who) && who.includes("auditor");
    });
    expect(new Set(forAuditors.map(({ method }) => method))).toEqual(new Set(["GET"]));
    const audit = routes.filter(({ url }) => url.includes("audit"));
    expect(new Set(audit.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  it("gives files to their owners only: no route of administrators leads to one", () => {
    const files = routes.filter(({ url }) => /download|file|quarantine/.test(url));
    const forRoles = files.filter((route) => Array.isArray(wanted(route).who));
    // The policy's own text files, which hold lists.
    expect(forRoles.map(nameOf)).toEqual(["GET /api/admin/policy/versions/:number/file"]);
  });
});

it("without a sign-in only what is anyone's answers", async () => {
  for (const route of routes) {
    const answer = await knock(route, undefined);
    if (wanted(route).who === "anyone") expectLetIn(route, answer);
    else expect([nameOf(route), answer]).toEqual([nameOf(route), "SIGN_IN_REQUIRED"]);
  }
});

// The approver must have a second factor here, and is looked at below.
it.each(roles.filter((role) => role !== "approver"))(
  "as %s, every route answers as the table says",
  async (role) => {
    await portal.person(`has-${role}`, [role]);
    for (const route of routes) {
      const { who } = wanted(route);
      const answer = await knock(route, await cookieAt(`has-${role}`));
      if (typeof who === "string" || who.includes(role)) expectLetIn(route, answer);
      else expect([nameOf(route), answer]).toEqual([nameOf(route), "FORBIDDEN"]);
    }
  },
);

describe("a sign-in that is not complete", () => {
  async function expectStage(stage: Exclude<Stage, "full">, cookie: () => Promise<string>) {
    for (const route of routes) {
      const { who, from = "full" } = wanted(route);
      const answer = await knock(route, await cookie());
      if (who === "anyone" || stages.indexOf(stage) >= stages.indexOf(from))
        expectLetIn(route, answer);
      else expect([nameOf(route), answer]).toEqual([nameOf(route), notYet[stage]]);
    }
  }
  const everything = roles.filter((role) => role !== "approver");

  it("reaches only the second factor while that is awaited", async () => {
    const { id } = await portal.person("half", everything);
    const caller = portal.identity.authenticate(await cookieAt("half"));
    if (!caller) throw new Error("not signed in");
    const { secret } = portal.identity.secondFactor.beginTotp(caller.user);
    const added = await portal.identity.secondFactor.confirmTotp(
      caller,
      appCode(secret, portal.now()),
    );
    expect([id, added.outcome]).toEqual([id, "added"]);
    await expectStage("second-factor", () => cookieAt("half"));
  });

  it("reaches only the password while that must be set", async () => {
    const { oneTimePassword } = await portal.identity.create({
      ...{ name: "fresh", displayName: "fresh", roles: everything, groups: [] },
    });
    await expectStage("password", async () =>
      cookieOf(
        await portal.send("POST", "/api/sign-in", {
          body: { name: "fresh", password: oneTimePassword },
        }),
      ),
    );
  });

  it("reaches only the set-up of a factor while a role needs one", async () => {
    await portal.person("lacks", roles);
    await expectStage("enrol", () => cookieAt("lacks"));
  });
});

it("a quarter of an hour after the last proof, what wants one asks for it", async () => {
  await portal.person("long-in", ["system-admin", "list-admin", "auditor", "user"]);
  const stale = await cookieAt("long-in");
  portal.advance(15 * 60_000 + 1);
  for (const route of routes.filter(
    ({ url }) => url !== "/api/sign-out" && url !== "/api/sign-ins",
  )) {
    const answer = await knock(route, stale);
    if (wanted(route).fresh === true)
      expect([nameOf(route), answer]).toEqual([nameOf(route), "PROOF_REQUIRED"]);
    else expectLetIn(route, answer);
  }
});
