/** Requests over the real server and the real policy desk: who may ask, see and decide, and what is published. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import type { AdminRequest, MyRequest } from "../../../orchestrator/http/request-contract.ts";
import { noteOf } from "../../../orchestrator/requests/approve.ts";
import { dayIn } from "../../../orchestrator/requests/days.ts";
import { RequestStore } from "../../../orchestrator/requests/store.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import { type Portal, type SignedIn, startPortal } from "./portal.ts";
import { refuse } from "./portal-refusal.ts";

const start = Date.parse("2026-04-01T00:00:00Z");
const allow = () => readFileSync(join(portal.policyFolder, "lists/allow.txt"), "utf8");

let portal: Portal;
let hanako: SignedIn;
let taro: SignedIn;
let lister: SignedIn;
beforeAll(async () => {
  portal = await startPortal();
  hanako = await portal.person("hanako", ["user"]);
  taro = await portal.person("taro", ["user"]);
  lister = await portal.person("risuto", ["user", "list-admin"]);
});
afterAll(() => portal[Symbol.asyncDispose]());

let people = 0;
const refused = (to: SignedIn | null, host: string, more: Partial<DecisionRecord> = {}): string =>
  refuse(portal, to, { host, at: new Date(start).toISOString(), ...more });
const post = (path: string, person: SignedIn, body: unknown) =>
  portal.send("POST", path, { cookie: person.cookie, body });
const get = (path: string, person: SignedIn) => portal.send("GET", path, { cookie: person.cookie });
const ask = (person: SignedIn, refusal: string, reason = "調査に使う") =>
  post("/api/requests", person, { refusal, reason });
async function asked(person: SignedIn, host: string): Promise<MyRequest> {
  const answer = await ask(person, refused(person, host));
  expect(answer.status).toBe(200);
  return answer.json() as MyRequest;
}
const decide = (person: SignedIn, id: string, body: unknown) =>
  post(`/api/admin/requests/${id}/decide`, person, body);
const approval = (more: object = {}) => ({
  decision: "approve",
  opening: "allow",
  form: "exact",
  expires: "2026-06-30",
  answer: "業務での利用を認めます",
  ...more,
});
const stateOf = async (person: SignedIn, id: string) =>
  ((await get("/api/requests", person)).json() as { requests: MyRequest[] }).requests.find(
    (each) => each.id === id,
  );
const records = (id: string) =>
  queryAudit(portal.database, { q: id })
    .records.map(({ action, outcome, userName }) => `${action} ${outcome} ${userName ?? ""}`)
    .reverse();

describe("asking", () => {
  it("rests on a refusal that was made to the person, and keeps what the proxy said of it", async () => {
    const refusal = refused(hanako, "www.one.example", {
      method: "GET",
      scheme: "http",
      port: 80,
      path: "/a/b",
    });
    const shown = (await get(`/api/requests/refusals/${refusal}`, hanako)).json();
    expect(shown).toMatchObject({
      host: "www.one.example",
      rule: "default",
      ask: { state: "can" },
    });
    const answer = await ask(hanako, refusal, "統計の\n確認");
    expect(answer.json()).toMatchObject({
      state: "open",
      target: "http://www.one.example/a/b",
      reason: "統計の\n確認",
      answer: "",
    });
    expect(records(String(answer.json()["id"]))).toEqual(["request-open success hanako"]);
  });

  it.each<[string, () => string, number, string]>([
    ["made to somebody else", () => refused(taro, "www.two.example"), 404, "REFUSAL_UNKNOWN"],
    ["that never was", () => "qAAAAAAAAAAAA", 404, "REFUSAL_UNKNOWN"],
    [
      "older than a day",
      () => refused(hanako, "old.example", { at: "2026-03-30T00:00:00Z" }),
      404,
      "REFUSAL_UNKNOWN",
    ],
    [
      "of a guard",
      () => refused(hanako, "inside.example", { rule: "guard.deny_ip", reason: "private" }),
      422,
      "REQUEST_CANNOT_HELP",
    ],
    [
      "of a port that guards close",
      () => refused(hanako, "p.example", { port: 8080 }),
      422,
      "REQUEST_CANNOT_HELP",
    ],
    [
      "that the policy lets through by now",
      () => refused(hanako, "a.example"),
      409,
      "REQUEST_NOT_NEEDED",
    ],
    [
      "at another terminal",
      () => refused(null, "t.example", { plane: "terminal", terminal: "10.0.0.9" }),
      404,
      "REFUSAL_UNKNOWN",
    ],
  ])("for a refusal %s is not taken", async (_what, refusal, status, code) => {
    const answer = await ask(hanako, refusal());
    expect([answer.status, answer.json()["code"]]).toEqual([status, code]);
  });

  it.each<[string, unknown]>([
    ["a rule id of its own", { refusal: "q000000000001", reason: "x", rule: "R1" }],
    ["a reference of another shape", { refusal: "../admin", reason: "x" }],
    ["no reason", { refusal: "q000000000001", reason: "  " }],
    ["a reason that is too long", { refusal: "q000000000001", reason: "あ".repeat(501) }],
    ["control characters", { refusal: "q000000000001", reason: "a\u0000b" }],
  ])("with %s is not understood", async (_what, body) => {
    expect((await post("/api/requests", hanako, body)).status).toBe(400);
  });

  it("twice for the same host joins the first, and does not touch another person's", async () => {
    const first = await asked(hanako, "www.three.example");
    const again = await asked(hanako, "www.three.example");
    expect(again.id).toBe(first.id);
    expect((await asked(taro, "www.three.example")).id).not.toBe(first.id);
  });

  it("ends at ten open ones, and goes on when one is withdrawn", async () => {
    const jiro = await portal.person("jiro", ["user"]);
    const first = await asked(jiro, "n0.example");
    for (let n = 1; n < 10; n += 1) await asked(jiro, `n${n}.example`);
    expect((await ask(jiro, refused(jiro, "n10.example"))).json()["code"]).toBe("REQUEST_LIMIT");
    const path = `/api/requests/${first.id}`;
    expect((await portal.send("DELETE", path, { cookie: taro.cookie })).status).toBe(404);
    const gone = await portal.send("DELETE", path, { cookie: jiro.cookie });
    expect(gone.json()).toMatchObject({ state: "withdrawn" });
    expect((await portal.send("DELETE", path, { cookie: jiro.cookie })).status).toBe(409);
    await asked(jiro, "n10.example");
  });

  it("ends at thirty a day, the withdrawn ones among them", async () => {
    const shiro = await portal.person("shiro", ["user"]);
    for (let n = 0; n < 30; n += 1) {
      const { id } = await asked(shiro, `d${n}.example`);
      await portal.send("DELETE", `/api/requests/${id}`, { cookie: shiro.cookie });
    }
    const refusal = refused(shiro, "d30.example");
    const answer = await ask(shiro, refusal);
    expect([answer.status, answer.json()["code"]]).toEqual([429, "REQUEST_LIMIT"]);
    // Of yesterday's, none count.
    portal.database
      .prepare("UPDATE access_requests SET asked_ms = asked_ms - 86400001 WHERE user_id = ?")
      .run(shiro.id);
    expect((await ask(shiro, refusal)).status).toBe(200);
  });

  it("shows recent refusals that can be asked for, and nobody else's", async () => {
    const saburo = await portal.person("saburo", ["user"]);
    refused(saburo, "x.example");
    refused(saburo, "inner.example", { rule: "guard.host", reason: "ip-literal" });
    const mine = (await get("/api/requests", saburo)).json();
    expect(mine).toMatchObject({ requests: [], recent: [{ host: "x.example" }] });
  });

  it("takes a refusal of the terminal plane by its reference, from that terminal", async () => {
    const refusal = refused(null, "t.example", { plane: "terminal", terminal: "127.0.0.1" });
    const shown = (await get(`/api/requests/refusals/${refusal}`, hanako)).json();
    // On that plane everything is led to the isolated browser by default: there is nothing to open.
    expect(shown).toMatchObject({ plane: "terminal", ask: { state: "open" } });
  });
});

describe("the routes", () => {
  it.each<["DELETE" | "GET" | "POST", string, "anybody" | "deciders"]>([
    ["GET", "/api/requests", "anybody"],
    ["GET", "/api/requests/refusals/qAAAAAAAAAAAA", "anybody"],
    ["POST", "/api/requests", "anybody"],
    ["DELETE", "/api/requests/raaaaaaaaaaaaaaaaaaaa", "anybody"],
    ["GET", "/api/admin/requests", "deciders"],
    ["GET", "/api/admin/requests/raaaaaaaaaaaaaaaaaaaa", "deciders"],
    ["POST", "/api/admin/requests/raaaaaaaaaaaaaaaaaaaa/decide", "deciders"],
  ])("%s %s is for %s who signed in", async (method, path, who) => {
    const body = method === "POST" ? { decision: "refuse", answer: "x" } : undefined;
    const send = (cookie?: string, headers = {}) =>
      portal.send(method, path, { ...(cookie !== undefined && { cookie }), body, headers });
    expect((await send()).status).toBe(401);
    for (const role of ["user", "approver", "list-admin", "auditor", "system-admin"] as const) {
      const person = await portal.person(`${role}-${String((people += 1))}`, [role]);
      const may = who === "anybody" || role === "list-admin" || role === "system-admin";
      const { status } = await send(person.cookie);
      if (may) expect([200, 400, 404], `${role} ${String(status)}`).toContain(status);
      else expect(status, role).toBe(403);
    }
    if (method !== "GET")
      expect((await send(lister.cookie, { origin: "https://evil.example" })).status).toBe(403);
  });

  it("find open requests by words and page through them", async () => {
    const first = await get("/api/admin/requests?state=open&limit=2", lister);
    const page = first.json() as { requests: AdminRequest[]; nextBefore: number; open: number };
    expect(page.requests).toHaveLength(2);
    expect(page.open).toBeGreaterThan(2);
    const next = await get(
      `/api/admin/requests?state=open&limit=2&before=${page.nextBefore}`,
      lister,
    );
    const seen = (next.json() as { requests: AdminRequest[] }).requests.map(({ seq }) => seq);
    expect(Math.max(...seen)).toBeLessThan(page.nextBefore);
    const found = await get(`/api/admin/requests?q=${encodeURIComponent("three.example")}`, lister);
    expect(found.json()["requests"]).toMatchObject([{ userName: "taro" }, { userName: "hanako" }]);
    const percent = await get("/api/admin/requests?q=%25", lister);
    expect(percent.json()["requests"]).toEqual([]);
    expect(JSON.stringify(found.json())).not.toContain(hanako.id);
  });
});

describe("deciding", () => {
  it("shows what the policy says, which entries open it, and for whom", async () => {
    const { id } = await asked(hanako, "www.four.example");
    const detail = (await get(`/api/admin/requests/${id}`, lister)).json();
    expect(detail).toMatchObject({
      request: { userName: "hanako", isOwn: false },
      explanation: { rule: "default", trace: [{ rule: "R1", outcome: "host" }] },
      outlook: {
        state: "askable",
        forms: [
          { form: "exact", entry: "www.four.example", openings: [{ id: "allow", rule: "R1" }] },
          { form: "below", entry: ".www.four.example" },
          { form: "domain", entry: ".four.example" },
        ],
      },
      proposedExpiry: "2026-06-30",
      longestExpiry: "2027-04-02",
    });
  });

  it("by approving writes the entry with day, owner and link, as a version, and tells the person", async () => {
    const heard: string[] = [];
    const release = portal.requests.onChange((each) => heard.push(`${each.id} ${each.state}`));
    const { id } = await asked(hanako, "www.five.example");
    const answer = await decide(lister, id, approval({ form: "domain" }));
    release();
    expect(answer.json()).toMatchObject({
      outcome: "decided",
      request: { state: "approved", additions: [{ list: "allow", entry: ".five.example" }] },
    });
    expect(allow()).toContain(
      `.five.example  # 申請により risuto が承認 @owner=hanako @request=${id} @expires=2026-06-30\n`,
    );
    const at = new Date(start).toISOString();
    const question = { plane: "isolated", target: "https://www.five.example/", at };
    const explained = (await post("/api/admin/policy/explain", lister, question)).json();
    expect(explained).toMatchObject({
      explanation: {
        verdict: "allow",
        decision: { hit: { entry: ".five.example", file: "lists/allow.txt" } },
      },
    });
    const { versions } = (await get("/api/admin/policy/versions?limit=1", lister)).json() as {
      versions: { author: string; note: string; number: number }[];
    };
    expect(versions[0]).toMatchObject({
      author: "risuto",
      note: `申請 ${id} (hanako): https://www.five.example`,
    });
    expect(await stateOf(hanako, id)).toMatchObject({
      state: "approved",
      expires: "2026-06-30",
      answer: "業務での利用を認めます",
    });
    expect(records(id)).toEqual([
      "request-open success hanako",
      "request-decide success risuto",
      "policy-publish success risuto",
      "request-approve success risuto",
    ]);
    expect(heard).toEqual([`${id} open`, `${id} approved`]);
  });

  it("again after the day renews the entry instead of adding a second", async () => {
    writeFileSync(
      join(portal.policyFolder, "lists/allow.txt"),
      `${allow()}www.six.example # 昔 @expires=2026-03-01\n`,
    );
    await expect.poll(() => portal.policyVersion()).toBeGreaterThan(2);
    const { id } = await asked(hanako, "www.six.example");
    expect((await decide(lister, id, approval())).status).toBe(200);
    expect(allow().match(/www\.six\.example/g)).toHaveLength(1);
    expect(allow()).toContain(`@request=${id} @expires=2026-06-30`);
  });

  it("by refusing needs a reason, which the person sees", async () => {
    const { id } = await asked(hanako, "www.seven.example");
    expect((await decide(lister, id, { decision: "refuse", answer: " " })).status).toBe(400);
    const answer = "別の統計サイトをご利用ください";
    expect((await decide(lister, id, { decision: "refuse", answer })).status).toBe(200);
    expect(await stateOf(hanako, id)).toMatchObject({ state: "refused", answer });
    expect(records(id).at(-1)).toBe("request-refuse success risuto");
    expect((await decide(lister, id, approval())).json()["code"]).toBe("ILLEGAL_TRANSITION");
    const again = refused(hanako, "www.seven.example");
    expect((await get(`/api/requests/refusals/${again}`, hanako)).json()).toMatchObject({
      ask: { state: "can", before: { state: "refused", answer } },
    });
  });

  it("is never for one's own request", async () => {
    const { id } = await asked(lister, "www.eight.example");
    expect((await get(`/api/admin/requests/${id}`, lister)).json()).toMatchObject({
      request: { isOwn: true },
    });
    for (const body of [approval(), { decision: "refuse", answer: "x" }])
      expect((await decide(lister, id, body)).json()["code"]).toBe("REQUEST_OWN");
    expect(await stateOf(lister, id)).toMatchObject({ state: "open" });
  });

  it.each<[string, object, number]>([
    ["a list that would not open it", { opening: "deny" }, 422],
    ["no list", { opening: undefined }, 422],
    ["a day that is over", { expires: "2026-03-31" }, 400],
    ["a day too far away", { expires: "2030-01-01" }, 400],
    ["no day", { expires: undefined }, 400],
    ["an entry of its own", { entry: ".jp" }, 400],
    ["a form that there is not", { form: "everything" }, 400],
  ])("with %s changes nothing", async (what, more, status) => {
    const { id } = await asked(taro, `nine-${what.length}.example`);
    const before = allow();
    expect((await decide(lister, id, approval(more))).status).toBe(status);
    expect(allow()).toBe(before);
    expect(await stateOf(taro, id)).toMatchObject({ state: "open" });
  });

  it("what the policy's own tests forbid is told and leaves the request open", async () => {
    const { id } = await asked(hanako, "never.example");
    const answer = await decide(lister, id, approval());
    expect(answer.status).toBe(422);
    expect(answer.json()).toMatchObject({ outcome: "not-published", reason: "tests" });
    expect(JSON.stringify(answer.json()["details"])).toContain("never.example");
    expect(await stateOf(hanako, id)).toMatchObject({ state: "open" });
    expect(records(id)).toContain("request-approve failure risuto");
  });

  it("against somebody's edit of the same moment is told and leaves the request open", async () => {
    const { id } = await asked(hanako, "www.ten.example");
    const decision = { ...approval(), decision: "approve", form: "exact" } as const;
    const deciding = portal.requests.decide(
      { id: lister.id, name: "risuto", terminal: "t" },
      id,
      decision,
    );
    writeFileSync(join(portal.policyFolder, "lists/allow.txt"), `${allow()}by-hand.example\n`);
    expect(await deciding).toMatchObject({ outcome: "not-published", reason: "conflict" });
    expect(await stateOf(hanako, id)).toMatchObject({ state: "open" });
    expect(allow()).toContain("by-hand.example");
    expect((await decide(lister, id, approval())).status).toBe(200);
  });

  it("two at once publish once", async () => {
    const { id } = await asked(hanako, "www.eleven.example");
    const admin = await portal.person("kanri", ["system-admin"]);
    const both = await Promise.all([decide(lister, id, approval()), decide(admin, id, approval())]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(allow().match(/www\.eleven\.example/g)).toHaveLength(1);
  });

  it("another person's request for the same host is approved without a second entry", async () => {
    const first = await asked(hanako, "www.twelve.example");
    const second = await asked(taro, "www.twelve.example");
    await decide(lister, first.id, approval());
    expect((await get(`/api/admin/requests/${second.id}`, lister)).json()).toMatchObject({
      outlook: { state: "open" },
    });
    const before = allow();
    const answer = await decide(lister, second.id, approval({ opening: undefined }));
    expect(answer.json()).toMatchObject({
      outcome: "decided",
      request: { additions: [], version: null },
    });
    expect(allow()).toBe(before);
  });
});

describe("afterwards", () => {
  it("an approval that a crash interrupted is finished when its version is there, else open again", async () => {
    const published = await asked(hanako, "www.crash.example");
    const lost = await asked(hanako, "www.lost.example");
    const store = new RequestStore(portal.database, () => start);
    const base = portal.policyVersion();
    for (const { id } of [published, lost]) {
      const entry = store.get(id).host;
      const additions = [{ list: "allow", entry }];
      const by = { id: lister.id, name: "risuto" };
      const intent = { by, base, additions, expires: "2026-06-30", answer: "" };
      store.intend(store.get(id).id, intent, () => undefined);
    }
    const edit = { act: "add", entry: "www.crash.example" } as const;
    await portal.publish({
      source: { kind: "edits", edits: [{ kind: "list", list: "allow", edit }] },
      as: "edit",
      base,
      note: noteOf(store.get(published.id)),
      author: { id: lister.id, name: "risuto" },
    });
    portal.restartRequests();
    expect(store.get(published.id)).toMatchObject({ state: "approved", version: base + 1 });
    expect(store.get(lost.id)).toMatchObject({ state: "open" });
    expect(records(lost.id).at(-1)).toBe("request-approve failure ");
    expect((await decide(lister, lost.id, approval())).status).toBe(200);
  });

  it("what nobody decides expires after its days, on record, and is forgotten in the end", async () => {
    const { id } = await asked(taro, "www.late.example");
    portal.advance(31 * 86_400_000);
    portal.requests.tidy();
    const store = new RequestStore(portal.database, () => start);
    expect(store.get(id).state).toBe("expired");
    expect(records(id).at(-1)).toBe("request-expire success ");
    portal.advance(1096 * 86_400_000);
    portal.requests.tidy();
    expect(store.find(id)).toBeUndefined();
    expect(store.openCount()).toBe(0);
  });

  it("days are counted in Japan", () => {
    expect(dayIn(Date.parse("2026-03-31T14:59:59Z"), 0)).toBe("2026-03-31");
    expect(dayIn(Date.parse("2026-03-31T15:00:00Z"), 0)).toBe("2026-04-01");
  });
});
