/**
 * Every route × everybody who may knock: the table says who is let in, the server is asked.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Route } from "../../orchestrator/http/route.ts";
import { routes } from "../../orchestrator/http/routes.ts";
import {
  apiScopes,
  type Role,
  roles,
  type Stage,
  stages,
} from "../../orchestrator/identity/types.ts";
import { accessTable, type Row } from "../support/access-table.ts";
import { appCode } from "../support/authenticator-app.ts";
import { cookieOf } from "../integration/http/portal-client.ts";
import { type Portal, startPortal } from "../integration/http/portal.ts";

const nameOf = ({ method, url }: Route) => `${method} ${url}`;
const rowOf = (route: Route): Row | undefined => accessTable[nameOf(route)];

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
async function knock(route: Route, cookie: string | undefined, token?: string): Promise<unknown> {
  const path = route.url.replaceAll(/:\w+/g, "uaaaaaaaaaaaaaaaaaaaa");
  const answer = await portal.send(route.method, path, {
    ...(cookie !== undefined && { cookie }),
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
  if (answer.status < 400) return "let in";
  const { code } = answer.json();
  expect([nameOf(route), answer.status]).not.toEqual([nameOf(route), 500]);
  return code;
}

const refusals = [
  ...["SIGN_IN_REQUIRED", "FORBIDDEN", "PROOF_REQUIRED", ...Object.values(notYet)],
  ...["TOKEN_REQUIRED", "TOKEN_SCOPE", "TOKEN_INVALID"],
];
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
      if (who === "system")
        expect([nameOf(route), answer]).toEqual([nameOf(route), "TOKEN_REQUIRED"]);
      else if (typeof who === "string" || who.includes(role)) expectLetIn(route, answer);
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
  const held: readonly Role[] = ["system-admin", "list-admin", "auditor", "user"];
  await portal.person("long-in", [...held]);
  const stale = await cookieAt("long-in");
  portal.advance(15 * 60_000 + 1);
  const ending = ["/api/sign-out", "/api/sign-ins"];
  for (const route of routes.filter(({ url }) => !ending.includes(url))) {
    const { who } = wanted(route);
    if (who === "system") continue;
    if (typeof who !== "string" && !who.some((role) => held.includes(role))) continue;
    const answer = await knock(route, stale);
    if (wanted(route).fresh === true)
      expect([nameOf(route), answer]).toEqual([nameOf(route), "PROOF_REQUIRED"]);
    else expectLetIn(route, answer);
  }
});

describe("a token of another system", () => {
  const make = (scopes: readonly (typeof apiScopes)[number][], expiresAt: number) =>
    portal.identity.tokens.create({ name: "system", scopes, expiresAt }, "admin");

  it.each(apiScopes)(
    "with %s alone opens what the table says, whatever cookie comes along",
    async (scope) => {
      const { secret } = make([scope], portal.now() + 60_000);
      await portal.person(`beside-${scope.replace(":", "-")}`, ["system-admin", "auditor"]);
      const cookie = await cookieAt(`beside-${scope.replace(":", "-")}`);
      for (const route of routes) {
        const row = wanted(route);
        const answer = await knock(route, cookie, secret);
        if (row.who === "anyone" || row.scope === scope) expectLetIn(route, answer);
        else expect([nameOf(route), answer]).toEqual([nameOf(route), "TOKEN_SCOPE"]);
      }
    },
  );

  it("opens nothing when it is over, revoked or made up", async () => {
    const over = make(apiScopes, portal.now());
    const revoked = make(apiScopes, portal.now() + 60_000);
    portal.identity.tokens.revoke(revoked.token.id, "admin");
    const made = `${revoked.secret.slice(0, -1)}${revoked.secret.endsWith("A") ? "B" : "A"}`;
    for (const secret of [over.secret, revoked.secret, made, "x", ""])
      for (const route of routes.filter((each) => wanted(each).who !== "anyone"))
        expect([nameOf(route), await knock(route, undefined, secret)]).toEqual([
          nameOf(route),
          "TOKEN_INVALID",
        ]);
  });
});
