/**
 * What belongs to one person is, for another, like what never was: every route with an id in its address is tried
 * with somebody else's real one, by a person with every role. Then a crawl: whatever is sent, nothing is a failure
 * of the server's own.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Route } from "../../orchestrator/http/route.ts";
import { routes } from "../../orchestrator/http/routes.ts";
import { roles } from "../../orchestrator/identity/types.ts";
import { type Portal, sections, type SignedIn, startPortal } from "../integration/http/portal.ts";
import { refuse } from "../integration/http/portal-refusal.ts";
import { SoftwareAuthenticator } from "../support/authenticator.ts";

let portal: Portal;
let hanako: SignedIn;
/** Has every role, but no part in any section. */
let taro: SignedIn;
/** Ids of hanako's things, by the routes that take them. */
let owned: Readonly<Record<string, string>>;

beforeAll(async () => {
  sections.set("hanako", ["zeimu"]);
  portal = await startPortal();
  hanako = await portal.person("hanako", ["user", "approver"]);
  taro = await portal.person("taro", roles);
  owned = await hanakosThings();
});
afterAll(() => portal[Symbol.asyncDispose]());

const send = (person: SignedIn, method: string, path: string, body?: unknown) =>
  portal.send(method, path, { cookie: person.cookie, ...(body !== undefined && { body }) });

async function made(path: string, body: unknown): Promise<string> {
  const answer = await send(hanako, "POST", path, body);
  expect([path, answer.status]).toEqual([path, 200]);
  return String(answer.json()["id"]);
}

async function hanakosThings(): Promise<Record<string, string>> {
  const session = await made("/api/sessions", {});
  const clean = portal.addFile(hanako.id, "議事録.pdf", "%PDF");
  const { url: link } = (await send(hanako, "POST", `/api/downloads/${clean}/link`)).json() as {
    url: string;
  };
  const held = await portal.addHeld(hanako, "一太郎の文書");
  const askedFor = await portal.addHeld(hanako, "別の文書");
  const approval = await made(`/api/downloads/${askedFor}/approval`, { reason: "照会に要る" });
  await portal.person("jiro", ["user"]);
  const hours = (count: number) => new Date(portal.now() + count * 3_600_000).toISOString();
  const period = { from: hours(1), until: hours(2) };
  const delegation = await made("/api/delegations", { name: "jiro", ...period });
  const refusal = refuse(portal, hanako, { host: "www.one.example" });
  const request = await made("/api/requests", { refusal, reason: "統計の確認" });
  const [signIn] = (await send(hanako, "GET", "/api/sign-ins")).json()["signIns"] as [
    { id: string },
  ];
  return {
    "/api/sessions/:id": session,
    "/api/downloads/:id/link": clean,
    "/api/saves/:id": link.split("/").at(-1) ?? "",
    "/api/downloads/:id/manifest": clean,
    "/api/downloads/:id/password": clean,
    "/api/downloads/:id/approval": held,
    "/api/downloads/:id/shared-folder": clean,
    "/api/approvals/:id/shared-folder": approval,
    "/api/files/:id/manifest": held,
    "/api/approvals/:id": approval,
    "/api/approvals/:id/manifest": approval,
    "/api/approvals/:id/link": approval,
    "/api/approvals/:id/preview": approval,
    "/api/approvals/:id/decide": approval,
    "/api/delegations/:id": delegation,
    "/api/requests/refusals/:id": refusal,
    "/api/requests/:id": request,
    "/api/sign-ins/:id": signIn.id,
    "/api/factors/passkeys/:id": await passkey(),
  };
}

async function passkey(): Promise<string> {
  const origin = portal.origin.replace("127.0.0.1", "localhost");
  const headers = { origin, host: new URL(origin).host };
  const ask = (method: string, path: string, body?: unknown) =>
    portal.send(method, path, {
      ...{ cookie: hanako.cookie, headers },
      ...(body !== undefined && { body }),
    });
  const options = (await ask("POST", "/api/factors/passkeys/options")).json();
  const response = new SoftwareAuthenticator().create(options as never, origin);
  await ask("POST", "/api/factors/passkeys", { name: "鍵", response });
  const { passkeys } = (await ask("GET", "/api/factors")).json() as { passkeys: [{ id: string }] };
  return passkeys[0].id;
}

/** Where a body is needed to be understood at all. */
const bodies: Readonly<Record<string, unknown>> = {
  "/api/downloads/:id/password": { password: "x" },
  "/api/downloads/:id/shared-folder": { folder: "kojin" },
  "/api/approvals/:id/shared-folder": { folder: "kojin" },
  "/api/downloads/:id/approval": { reason: "照会に要る" },
  "/api/approvals/:id/decide": { decision: "approve", answer: "x" },
};
const nameOf = ({ method, url }: Route) => `${method} ${url}`;
/** Administrators' ids are no person's; what systems sanitize is theirs, and no person's either. */
const isOnesOwn = ({ url }: Route) =>
  url.includes("/:id") && !/^\/api\/(?:admin|sanitize)\//.test(url);
/** Another id of the same form. */
const neverWas = (id: string) => `${id.slice(0, -1)}${id.endsWith("a") ? "b" : "a"}`;

describe("somebody else's", () => {
  it.each(routes.filter(isOnesOwn).map((route) => [nameOf(route), route] as const))(
    "%s answers as if it never was",
    async (_name, { method, url }) => {
      const id = owned[url];
      if (id === undefined) throw new Error(`say above what ${url} is about`);
      const answerTo = async (given: string) => {
        const answer = await send(taro, method, url.replace(":id", given), bodies[url]);
        const { requestId: _own, ...body } = answer.json();
        return { status: answer.status, body, length: answer.headers["content-length"] };
      };
      const told = await answerTo(id);
      expect(told.status).toBe(404);
      expect(await answerTo(neverWas(id))).toEqual(told);
    },
  );

  it("is left as it was: its owner still finds and ends all of it", async () => {
    const own = routes.filter(isOnesOwn).filter(({ method }) => method !== "POST");
    // Reading first: what is ended is gone.
    for (const { method, url } of own.toSorted((a, b) => b.method.localeCompare(a.method))) {
      // What only an approver of the section sees; the person's own sign-in ends last.
      if (method === "GET" && url.startsWith("/api/approvals/")) continue;
      if (url === "/api/sign-ins/:id") continue;
      const answer = await send(hanako, method, url.replace(":id", owned[url] ?? ""));
      const isThere = answer.status < 300 || url === "/api/downloads/:id/manifest";
      expect([method, url, isThere ? "there" : answer.status]).toEqual([method, url, "there"]);
    }
    expect(
      (await send(hanako, "DELETE", `/api/sign-ins/${owned["/api/sign-ins/:id"] ?? ""}`)).status,
    ).toBe(204);
  });
});

describe("a crawl", () => {
  const values = ["%00", "-1", "%25%5F'--"];
  const names = ["limit", "before", "q", "from", "to", "path"];
  const queries = [
    ...names.flatMap((name) => values.map((value) => `${name}=${value}`)),
    "q=a&q=b",
    "__proto__=x",
    "",
  ];
  const deep = JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`) as unknown;
  const wild: readonly unknown[] = [
    ...[null, [], "x", 0, deep],
    { id: {}, name: ["x"], roles: "user", groups: [null], base: -1, source: { kind: "version" } },
    { name: "\u0000", displayName: "\ud800", password: "x".repeat(60_000), url: "javascript:1" },
  ];
  let crawlers = 0;

  const everybody = [
    ["nobody", []],
    ...roles.map((role) => [role, [role]] as const),
    ["somebody with every role", roles],
  ] as const;

  it.each(everybody)("as %s finds no failure", async (who, has) => {
    let cookie: string | undefined;
    // What is asked in every way by who has every role, each role alone asks once: who may not must hear so.
    const may = new Set<string>(has);
    const once = who !== "nobody" && has.length === 1;
    // Lint takes no question, and half a second.
    const asked = ({ url }: Route) =>
      who === "nobody" || once || url.endsWith("/lint") ? [""] : queries;
    const failures: string[] = [];
    const ask = async (method: string, path: string, body?: unknown) => {
      const answer = await portal.send(method, path, {
        ...(cookie !== undefined && { cookie }),
        ...(body !== undefined && { body }),
      });
      if (answer.status >= 500) failures.push(`${method} ${path} ${answer.body.toString()}`);
    };
    for (const route of routes) {
      // What is not for this role alone is crawled by who has every role, or refused (access.test.ts).
      if (once && !(route.access === "roles" && route.roles.some((role) => may.has(role))))
        continue;
      // Each time another: some routes end their sign-in.
      if (has.length > 0)
        ({ cookie } = await portal.person(`crawler-${String((crawlers += 1))}`, has));
      const ids = [owned[route.url] ?? "uaaaaaaaaaaaaaaaaaaaa", "%00", "1", "..%2f..%2f"].slice(
        0,
        once ? 1 : 4,
      );
      for (const id of ids) {
        const path = route.url.replaceAll(/:\w+/g, id);
        if (route.method === "GET" && id === ids[0])
          for (const query of asked(route)) await ask("GET", `${path}?${query}`);
        else if (route.method === "GET") await ask("GET", path);
        else for (const body of once ? wild.slice(-2) : wild) await ask(route.method, path, body);
      }
    }
    expect(failures).toEqual([]);
  });
});
