import { statSync } from "node:fs";
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { routes } from "../../../orchestrator/http/routes.ts";
import { type Portal, type SignedIn, startPortal } from "./portal.ts";

let portal: Portal;
let hanako: SignedIn;
let taro: SignedIn;
let admin: SignedIn;
let auditor: SignedIn;
let sessionId: string;
beforeAll(async () => {
  portal = await startPortal();
  hanako = await portal.person("hanako", ["user"]);
  taro = await portal.person("taro", ["user"]);
  admin = await portal.person("admin", ["system-admin"]);
  auditor = await portal.person("auditor", ["auditor"]);
  const opened = await portal.send("POST", "/api/sessions", { cookie: hanako.cookie, body: {} });
  sessionId = String(opened.json()["id"]);
});
afterAll(async () => {
  await portal[Symbol.asyncDispose]();
});

describe("a session", () => {
  test("is the owner's, and shows no id of hers", async () => {
    const answer = await portal.send("GET", `/api/sessions/${sessionId}`, {
      cookie: hanako.cookie,
    });
    expect(answer.json()).toMatchObject({
      id: sessionId,
      ownerName: "hanako",
      terminal: "127.0.0.1",
    });
    expect(answer.json()).not.toHaveProperty("ownerId");
  });

  test.each(["GET", "DELETE"])(
    "of somebody else is 404 like one that never was: %s",
    async (method) => {
      const cookie = taro.cookie;
      const other = await portal.send(method, `/api/sessions/${sessionId}`, { cookie });
      const never = await portal.send(method, "/api/sessions/saaaaaaaaaaaaaaaaaaaa", { cookie });
      expect(other.status).toBe(404);
      expect({ ...other.json(), requestId: "" }).toEqual({ ...never.json(), requestId: "" });
      expect(portal.ended).toEqual([]);
    },
  );

  test("is not opened for somebody without the role", async () => {
    const answer = await portal.send("POST", "/api/sessions", { cookie: auditor.cookie, body: {} });
    expect(answer.json()).toMatchObject({ code: "FORBIDDEN" });
  });

  test("of taro is not hanako's current one", async () => {
    const answer = await portal.send("GET", "/api/session", { cookie: taro.cookie });
    expect(answer.json()).toEqual({ session: null });
  });
});

describe("a viewer's upgrade", () => {
  test.each(["control", "picture"])("is granted to the owner: %s", async (kind) => {
    const answer = await portal.upgrade(`/api/sessions/${sessionId}/${kind}`, {
      cookie: hanako.cookie,
    });
    expect(answer.status).toBe(101);
    expect(answer.headers["x-granted"]).toBe(`hanako ${sessionId} ${kind}`);
  });

  test("that asks for a session is granted to anybody who may have one", async () => {
    const answer = await portal.upgrade("/api/open", { cookie: taro.cookie });
    expect([answer.status, answer.headers["x-granted"]]).toEqual([101, "taro - open"]);
    const nobody = await portal.upgrade("/api/open", {});
    expect(nobody.status).toBe(401);
    const foreign = await portal.upgrade("/api/open", {
      cookie: taro.cookie,
      origin: "https://evil.example",
    });
    expect(foreign.status).toBe(403);
  });

  test.each<[string, number, string, () => [string, Record<string, string>]]>([
    ["somebody else", 404, "NOT_FOUND", () => ["control", { cookie: taro.cookie }]],
    ["nobody", 401, "SIGN_IN_REQUIRED", () => ["control", {}]],
    [
      "another site",
      403,
      "CROSS_ORIGIN",
      () => ["control", { cookie: hanako.cookie, origin: "https://evil.example" }],
    ],
    [
      "a sibling site",
      403,
      "CROSS_ORIGIN",
      () => ["picture", { cookie: hanako.cookie, "sec-fetch-site": "same-site" }],
    ],
    ["an address that is none", 404, "NOT_FOUND", () => ["video", { cookie: hanako.cookie }]],
    ["an address with a query", 404, "NOT_FOUND", () => ["control?x=1", { cookie: hanako.cookie }]],
  ])("is refused to %s with %d", async (_sentence, status, code, given) => {
    const [kind, headers] = given();
    const answer = await portal.upgrade(`/api/sessions/${sessionId}/${kind}`, headers);
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ code });
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test("is refused to the owner while the password must be changed", async () => {
    const { user, oneTimePassword } = await portal.identity.create({
      name: "new",
      displayName: "新",
      roles: ["user"],
      groups: [],
    });
    const signedIn = await portal.identity.signIn(user.name, oneTimePassword, { terminal: "t" });
    if (signedIn.outcome !== "signed-in") throw new Error(signedIn.outcome);
    const answer = await portal.upgrade(`/api/sessions/${sessionId}/control`, {
      cookie: `__Host-hanare=${signedIn.token}`,
    });
    expect(answer.json()).toMatchObject({ code: "PASSWORD_CHANGE_REQUIRED" });
  });

  test("is refused with 410 once the owner's session has ended", async () => {
    const opened = await portal.send("POST", "/api/sessions", { cookie: taro.cookie, body: {} });
    const id = String(opened.json()["id"]);
    expect(
      (await portal.send("DELETE", `/api/sessions/${id}`, { cookie: taro.cookie })).status,
    ).toBe(204);
    expect(portal.ended.splice(0)).toEqual([{ id, reason: "user", message: undefined }]);
    const answer = await portal.upgrade(`/api/sessions/${id}/control`, { cookie: taro.cookie });
    expect(answer.status).toBe(410);
    const after = await portal.send("GET", `/api/sessions/${id}`, { cookie: taro.cookie });
    expect(after.json()).toMatchObject({ state: "deleted", endReason: "user" });
  });
});

describe("a portal that stops", () => {
  test("does not wait for viewers that are still connected", async () => {
    const stopping = await startPortal();
    const { cookie } = await stopping.person("hanako", ["user"]);
    const opened = await stopping.send("POST", "/api/sessions", { cookie, body: {} });
    const path = `/api/sessions/${String(opened.json()["id"])}/control`;
    const viewer = await stopping.viewer(path, cookie);
    const closed = once(viewer, "close");
    await stopping[Symbol.asyncDispose]();
    await closed;
    expect(viewer.destroyed).toBe(true);
  });
});

describe("a download", () => {
  const pdf = () => `/api/downloads/${portal.addFile(hanako.id, "議事録.pdf", "%PDF-1.7 clean")}`;
  const linkOf = async (file: string): Promise<string> => {
    const made = await portal.send("POST", `${file}/link`, { cookie: hanako.cookie });
    return String(made.json()["url"]);
  };
  const follow = (link: string, { cookie }: SignedIn, headers?: Record<string, string>) =>
    portal.send("GET", link, { cookie, ...(headers && { headers }) });
  const released = () => portal.released.splice(0).length;

  test("reaches its owner by a link that opens once, as an attachment that no browser opens", async () => {
    const link = await linkOf(pdf());
    expect(released()).toBe(0);
    const answer = await follow(link, hanako);
    expect(answer.body.toString()).toBe("%PDF-1.7 clean");
    expect(answer.headers).toMatchObject({
      "content-type": "application/pdf",
      "content-length": "14",
      "content-disposition":
        "attachment; filename=\"___.pdf\"; filename*=UTF-8''%E8%AD%B0%E4%BA%8B%E9%8C%B2.pdf",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    const again = await follow(link, hanako);
    expect([again.status, again.json()["code"]]).toEqual([404, "SAVE_LINK_OVER"]);
    expect(again.json()["ja"]).toContain("一度だけ");
    expect(again.headers["content-disposition"]).toBeUndefined();
    expect(released()).toBe(1);
  });

  test("whose link a person follows again in the browser shows them the page that says why", async () => {
    const answer = await follow("/api/saves/used", hanako, { accept: "text/html,*/*" });
    expect([answer.status, answer.headers["content-type"]]).toEqual([
      404,
      "text/html; charset=utf-8",
    ]);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("is not reached by its link a minute later", async () => {
    const link = await linkOf(pdf());
    portal.advance(60_000);
    expect((await follow(link, hanako)).json()).toMatchObject({ code: "SAVE_LINK_OVER" });
    expect(released()).toBe(0);
  });

  test("of somebody else is 404, and their link stays theirs", async () => {
    const file = pdf();
    const link = await linkOf(file);
    for (const other of [taro, admin]) {
      expect((await portal.save(file, other.cookie)).status).toBe(404);
      expect((await follow(link, other)).json()).toMatchObject({ code: "SAVE_LINK_OVER" });
    }
    expect(released()).toBe(0);
    expect((await follow(link, hanako)).status).toBe(200);
    expect(released()).toBe(1);
  });

  test("is not released by a HEAD, nor its link used up", async () => {
    const link = await linkOf(pdf());
    const head = await portal.send("HEAD", link, { cookie: hanako.cookie });
    expect(head.status).toBe(404);
    expect(released()).toBe(0);
    expect((await follow(link, hanako)).status).toBe(200);
    expect(released()).toBe(1);
  });

  test("that is held has no link, and the answer says so", async () => {
    const id = portal.addFile(hanako.id, "a.exe", "");
    const answer = await portal.save(`/api/downloads/${id}`, hanako.cookie);
    expect(answer.json()).toMatchObject({ code: "FILE_NOT_RELEASED" });
    expect(answer.headers["content-disposition"]).toBeUndefined();
  });
});

describe("every route", () => {
  const ofPeople = routes.filter(({ access }) => access !== "anyone");
  const concrete = (url: string) => url.replace(":id", "saaaaaaaaaaaaaaaaaaaa");

  test.each(ofPeople.map(({ method, url }) => [method, url]))(
    "answers 401 to a stranger: %s %s",
    async (method, url) => {
      const answer = await portal.send(method, concrete(url));
      expect([answer.status, answer.json()["code"]]).toEqual([401, "SIGN_IN_REQUIRED"]);
    },
  );

  test.each(
    ofPeople
      .filter(({ url }) => url.startsWith("/api/admin/"))
      .map(({ method, url }) => [method, url]),
  )("for administrators answers 403 to a user: %s %s", async (method, url) => {
    const answer = await portal.send(method, concrete(url), { cookie: hanako.cookie });
    expect([answer.status, answer.json()["code"]]).toEqual([403, "FORBIDDEN"]);
  });

  test.each(
    routes.filter(({ method }) => method !== "GET").map(({ method, url }) => [method, url]),
  )("that changes something refuses another site: %s %s", async (method, url) => {
    const answer = await portal.send(method, concrete(url), {
      cookie: admin.cookie,
      headers: { origin: "https://evil.example" },
    });
    expect([answer.status, answer.json()["code"]]).toEqual([403, "CROSS_ORIGIN"]);
  });

  test("that changes something refuses a request without origin", async () => {
    const answer = await portal.send("POST", "/api/sign-in", {
      body: { name: "hanako", password: hanako.password },
      headers: { origin: undefined },
    });
    expect(answer.json()).toMatchObject({ code: "CROSS_ORIGIN" });
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("of the auditor's is not the system's, and the other way round is", async () => {
    const asAuditor = (path: string) => portal.send("GET", path, { cookie: auditor.cookie });
    expect((await asAuditor("/api/admin/audit")).status).toBe(200);
    expect((await asAuditor("/api/admin/users")).status).toBe(403);
    expect((await portal.send("GET", "/api/admin/audit", { cookie: admin.cookie })).status).toBe(
      200,
    );
  });
});

describe("the administrator", () => {
  test("ends somebody's session with a word to them, and is on record by name", async () => {
    const { cookie } = await portal.person("ichiro", ["user"]);
    const id = String(
      (await portal.send("POST", "/api/sessions", { cookie, body: {} })).json()["id"],
    );
    const answer = await portal.send("DELETE", `/api/admin/sessions/${id}`, {
      cookie: admin.cookie,
      body: { message: "保守のため終了します" },
    });
    expect(answer.status).toBe(204);
    expect(portal.ended.splice(0)).toEqual([
      { id, reason: "administrator", message: "保守のため終了します" },
    ]);
    expect(queryAudit(portal.database, { action: "session-terminate" }).records).toMatchObject([
      { userName: "admin", sessionId: id, target: "ichiro" },
    ]);
  });
});

describe("the audit log over HTTP", () => {
  test("filters and pages", async () => {
    const path = "/api/admin/audit?action=sign-in&user=hanako&limit=1";
    const answer = await portal.send("GET", path, { cookie: auditor.cookie });
    expect(answer.json()).toMatchObject({ records: [{ action: "sign-in", userName: "hanako" }] });
  });

  test.each(["limit=0", "limit=x", "action=everything", "colour=red", "from=yesterday"])(
    "refuses a query it does not understand: %s",
    async (query) => {
      const answer = await portal.send("GET", `/api/admin/audit?${query}`, {
        cookie: auditor.cookie,
      });
      expect([answer.status, answer.json()["code"]]).toEqual([400, "BAD_REQUEST"]);
    },
  );

  test("leaves as CSV that Excel opens, in the language of the browser, and that is on record", async () => {
    const csv = await portal.send("GET", "/api/admin/audit.csv?user=hanako", {
      cookie: auditor.cookie,
      headers: { "accept-language": "ja,en;q=0.5" },
    });
    expect(csv.headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": expect.stringContaining("hanare-audit.csv") as string,
    });
    expect(csv.body.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(csv.body.toString()).toContain("番号,日時(UTC)");
    const english = await portal.send("GET", "/api/admin/audit.csv", {
      cookie: auditor.cookie,
      headers: { "accept-language": "en-GB,en" },
    });
    expect(english.body.toString()).toContain("Number,Time (UTC)");
    expect(queryAudit(portal.database, { action: "audit-export" }).records.at(-1)).toMatchObject({
      userName: "auditor",
      target: '{"user":"hanako","encoding":"utf-8"}',
    });
  });

  test("leaves as CP932 and as ECS as well, both on record", async () => {
    const copy = (path: string) => portal.send("GET", path, { cookie: auditor.cookie });
    const cp932 = await copy("/api/admin/audit.csv?encoding=cp932");
    expect(cp932.headers["content-type"]).toBe("text/csv; charset=Windows-31J");
    expect(new TextDecoder("shift_jis", { fatal: true }).decode(cp932.body)).toMatch(
      /^番号,日時\(UTC\),操作,.*\r\n\d+,/,
    );
    const lines = (await copy("/api/admin/audit.ndjson?limit=1")).body.toString().trimEnd();
    const records = lines.split("\n").map((line) => JSON.parse(line) as Record<string, object>);
    expect(records[0]).toMatchObject({
      ecs: { version: "9.0.0" },
      event: { action: "audit-export", outcome: "success" },
    });
    expect(records.length).toBeGreaterThan(5);
    expect((await copy("/api/admin/audit.csv?encoding=latin1")).status).toBe(400);
  });
});

describe("pages and headers", () => {
  test.each(["/", "/sign-in", "/password", "/view/s2", "/admin", "/admin/audit"])(
    "%s is the application, with the strict policy and asked for anew each time",
    async (path) => {
      const answer = await portal.send("GET", path);
      expect(answer.status).toBe(200);
      expect(answer.body.toString()).toContain("<title>Hanare</title>");
      expect(answer.headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-cache",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(answer.headers["permissions-policy"]).toContain("camera=()");
      const policy = String(answer.headers["content-security-policy"]);
      const nonce = /'nonce-([\w-]{24})'/.exec(policy)?.[1] ?? "none";
      expect(policy).toBe(
        `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
      );
      expect(answer.body.toString()).toContain(`<script type="module" nonce="${nonce}"`);
      const again = await portal.send("GET", path, {
        headers: { "if-none-match": answer.headers.etag ?? "*" },
      });
      expect([again.status, again.body.includes(nonce)]).toEqual([200, false]);
    },
  );

  test.each(["/elsewhere", "/admin/elsewhere", "/assets/gone.js"])(
    "%s, where nothing is, is the application with 404 for people and an error for programs",
    async (path) => {
      const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
      const page = await portal.send("GET", path, { headers });
      expect([page.status, page.headers["cache-control"]]).toEqual([404, "no-store"]);
      expect(page.body.toString()).toContain("<title>Hanare</title>");
      expect(page.headers["content-security-policy"]).toContain("trusted-types 'none'");
      expect((await portal.send("GET", path)).json()).toMatchObject({ code: "NOT_FOUND" });
      const api = await portal.send("GET", `/api${path}`, { headers });
      expect(api.json()).toMatchObject({ code: "NOT_FOUND" });
      expect((await portal.send("POST", path, { headers })).status).toBe(404);
    },
  );

  test("hashed assets may be kept for ever", async () => {
    const answer = await portal.send("GET", "/assets/app-1a2b3c4d.js");
    expect(answer.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(answer.headers["content-type"]).toContain("javascript");
  });

  test.each([
    "/api/nothing",
    "/api",
    "/elsewhere",
    "/assets/",
    "/secret.txt",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/view/..%2f..%2f..%2fsecret.txt/x/../../secret.txt",
  ])("%s never shows a file that is not a page", async (path) => {
    const answer = await portal.send("GET", path);
    expect(answer.body.toString()).not.toContain("outside of the pages");
    if (!path.startsWith("/view/")) expect(answer.json()).toMatchObject({ code: "NOT_FOUND" });
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test("health needs nobody", async () => {
    expect((await portal.send("GET", "/api/health")).json()).toEqual({ status: "ok" });
  });
});

describe("a request that is wrong in itself", () => {
  test.each<[string, string, Record<string, string>]>([
    ["is not JSON", "{", {}],
    ["is JSON of another shape", '{"name":"a"}', {}],
    ["has a field too many", '{"name":"a","password":"b","admin":true}', {}],
    ["poisons the prototype", '{"name":"a","password":"b","__proto__":{"x":1}}', {}],
    ["is plain text", "name=a", { "content-type": "text/plain" }],
    ["is a form", "name=a&password=b", { "content-type": "application/x-www-form-urlencoded" }],
    ["is too large", JSON.stringify({ name: "a", password: "x".repeat(70_000) }), {}],
    ["is empty", "", {}],
  ])("because it %s gets BAD_REQUEST and the headers", async (_sentence, rawBody, headers) => {
    const answer = await portal.send("POST", "/api/sign-in", { rawBody, headers });
    expect([answer.status, answer.json()["code"]]).toEqual([400, "BAD_REQUEST"]);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });

  test("because its address cannot be decoded gets BAD_REQUEST and the headers", async () => {
    const answer = await portal.send("GET", "/api/%zz");
    expect([answer.status, answer.json()["code"]]).toEqual([400, "BAD_REQUEST"]);
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  });
});

describe("a failure nobody foresaw", () => {
  test("is INTERNAL outside, and one log line with the same request id inside", async () => {
    portal.overviewFails.value = true;
    const answer = await portal.send("GET", "/api/admin/overview", { cookie: admin.cookie });
    portal.overviewFails.value = false;
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).not.toContain("secret");
    const { requestId } = answer.json();
    const lines = portal.logLines.filter((line) => line["requestId"] === requestId);
    expect(lines).toMatchObject([
      { event: "http-request", code: "INTERNAL", fault: "engine said /secret/path", status: 500 },
    ]);
  });
});

describe("the local admin socket", () => {
  const local = async (method: string, path: string, body = "") => {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const call = request(
      {
        socketPath: portal.adminSocket,
        method,
        path,
        headers: body === "" ? {} : { "content-type": "application/json" },
      },
      (response) => {
        text(response).then(
          (all) => resolve({ status: response.statusCode ?? 0, body: all }),
          reject,
        );
      },
    );
    call.on("error", reject).end(body);
    return promise;
  };

  test("is for its owner only", () => {
    expect(statSync(portal.adminSocket).mode & 0o777).toBe(0o600);
  });

  test("acts as the machine's root, on record as such", async () => {
    const body = JSON.stringify({ name: "jiro", displayName: "次郎", roles: ["user"], groups: [] });
    expect((await local("POST", "/api/admin/users", body)).status).toBe(200);
    expect(queryAudit(portal.database, { limit: 1 }).records[0]).toMatchObject({
      action: "user-create",
      userName: "local root",
      terminal: "local",
      target: "jiro",
    });
  });

  test.each(["/api/me", "/api/session", "/", "/sign-in"])(
    "has no way for persons: %s",
    async (path) => {
      expect((await local("GET", path)).status).toBe(404);
    },
  );
});

describe("a program that runs wild", () => {
  test("is told to wait, and nobody else is", async () => {
    const wild = await portal.person("wild", ["user"]);
    const ask = ({ cookie }: SignedIn) => portal.send("GET", "/api/me", { cookie });
    // More than what its store fills up by meanwhile.
    let answer = await ask(wild);
    for (let count = 0; count < 3000 && answer.status === 200; count += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(wild)));
      answer = answers.find(({ status }) => status !== 200) ?? answer;
    }
    expect([answer.status, answer.json()["code"]]).toEqual([429, "TOO_MANY_REQUESTS"]);
    expect(answer.headers["retry-after"]).toBe("1");
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => portal.upgrade("/api/open", { cookie: wild.cookie })),
    );
    expect(sockets.map(({ status }) => status)).toContain(429);
    expect((await ask(hanako)).status).toBe(200);
  });
});
