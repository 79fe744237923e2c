/** 上長承認 over the real server: who may ask, see and decide, what leaves, and what is left after it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import type {
  ApprovalDetail,
  ApprovalInbox,
  Delegation,
  FilePage,
  MyApproval,
} from "../../../orchestrator/http/approval-contract.ts";
import { type Answer } from "./portal-client.ts";
import { type Portal, sections, type SignedIn, startPortal } from "./portal.ts";

const hourMs = 3_600_000;

let portal: Portal;
/** Of the tax section: two who ask, two who approve. */
let hanako: SignedIn;
let taro: SignedIn;
let kacho: SignedIn;
let hosa: SignedIn;
/** An approver of another section. */
let jiro: SignedIn;
let auditor: SignedIn;
beforeAll(async () => {
  for (const name of ["hanako", "taro", "kacho", "hosa"]) sections.set(name, ["zeimu"]);
  sections.set("jiro", ["doboku"]);
  portal = await startPortal();
  hanako = await portal.person("hanako", ["user"]);
  taro = await portal.person("taro", ["user"]);
  kacho = await portal.person("kacho", ["user", "approver"]);
  hosa = await portal.person("hosa", ["user"]);
  jiro = await portal.person("jiro", ["user", "approver"]);
  auditor = await portal.person("kansa", ["auditor"]);
});
afterAll(() => portal[Symbol.asyncDispose]());

const get = (path: string, person: SignedIn) =>
  portal.send("GET", encodeURI(path), { cookie: person.cookie });
const post = (path: string, person: SignedIn, body: unknown) =>
  portal.send("POST", path, { cookie: person.cookie, body });
const remove = (path: string, person: SignedIn) =>
  portal.send("DELETE", path, { cookie: person.cookie });
const decide = (person: SignedIn, id: string, decision: "approve" | "refuse") =>
  post(`/api/approvals/${id}/decide`, person, { decision, answer: "内容を確認しました" });
const content = (person: SignedIn, id: string) =>
  portal.save(`/api/approvals/${id}`, person.cookie);
const codeOf = (answer: Answer) => [answer.status, answer.json()["code"]];
const records = (id: string) =>
  queryAudit(portal.database, { q: id })
    .records.map(({ action, userName }) => `${action} ${userName ?? "-"}`)
    .reverse();
const kept = () => readdirSync(portal.keptDir).length;

async function asked(person: SignedIn, text = "一太郎の文書"): Promise<MyApproval> {
  const download = await portal.addHeld(person, text);
  const answer = await post(`/api/downloads/${download}/approval`, person, {
    reason: "照会に要る",
  });
  expect(answer.status).toBe(200);
  return answer.json() as MyApproval;
}
const inboxOf = async (person: SignedIn) =>
  (await get("/api/approvals", person)).json() as ApprovalInbox;
const idsOf = async (person: SignedIn) => (await inboxOf(person)).approvals.map(({ id }) => id);
const fileOf = async (person: SignedIn, id: string) =>
  ((await get("/api/files", person)).json() as FilePage).files.find(
    ({ approval }) => approval?.id === id,
  );

describe("a file that nothing can clean", () => {
  it("is asked for, seen with its record, approved with a reason, and collected by who asked", async () => {
    const { id } = await asked(hanako, "第一号");
    expect(await idsOf(kacho)).toContain(id);
    const detail = (await get(`/api/approvals/${id}`, kacho)).json() as ApprovalDetail;
    expect(detail).toMatchObject({
      approval: { requester: "hanako", reason: "照会に要る", contentType: "jtd", sanitized: false },
      check: { input: { name: "計画.jtd" }, scanner: { testSetOnly: true } },
    });
    expect((await content(hanako, id)).status).toBe(409);
    expect((await decide(kacho, id, "approve")).json()).toMatchObject({
      state: "approved",
      decidedBy: "kacho",
    });
    const file = await content(hanako, id);
    expect([file.status, file.body.toString()]).toEqual([200, "第一号"]);
    expect(file.headers["content-type"]).toBe("application/octet-stream");
    expect(file.headers["content-disposition"]).toContain("attachment");
    expect(file.headers["x-content-type-options"]).toBe("nosniff");
    expect(records(id)).toEqual([
      "approval-ask hanako",
      "approval-look kacho",
      "approval-approve kacho",
      "release hanako",
    ]);
    // A transfer may break off: for a quarter of an hour it can be fetched again, then keys and bytes are gone.
    expect((await content(hanako, id)).status).toBe(200);
    portal.advanceApprovals(hourMs / 4 + 1);
    await portal.approvals.tidy();
    expect(codeOf(await content(hanako, id))).toEqual([410, "FILE_NOT_KEPT"]);
    expect(kept()).toBe(0);
  });

  it("is refused with a reason that the person reads; its bytes are gone at once", async () => {
    const { id } = await asked(hanako);
    expect(kept()).toBe(1);
    expect((await decide(kacho, id, "refuse")).json()).toMatchObject({ state: "refused" });
    expect(kept()).toBe(0);
    expect((await fileOf(hanako, id))?.approval).toMatchObject({
      state: "refused",
      answer: "内容を確認しました",
    });
    expect((await content(hanako, id)).status).toBe(409);
  });

  it("is taken back by who asked, and by nobody else", async () => {
    const { id } = await asked(hanako);
    expect((await remove(`/api/approvals/${id}`, taro)).status).toBe(404);
    expect((await remove(`/api/approvals/${id}`, kacho)).status).toBe(404);
    expect((await remove(`/api/approvals/${id}`, hanako)).json()).toMatchObject({
      state: "withdrawn",
    });
    expect(codeOf(await decide(kacho, id, "approve"))).toEqual([409, "ILLEGAL_TRANSITION"]);
    expect(kept()).toBe(0);
  });

  it("expires when nobody decides, and is given up when nobody collects it", async () => {
    const { id } = await asked(hanako);
    const approved = await asked(hanako);
    await decide(kacho, approved.id, "approve");
    portal.advanceApprovals(72 * hourMs);
    await portal.approvals.tidy();
    expect((await fileOf(hanako, id))?.approval?.state).toBe("expired");
    expect(records(id)).toEqual(["approval-ask hanako", "approval-expire -"]);
    expect((await fileOf(hanako, approved.id))?.approval).toMatchObject({
      state: "approved",
      keptUntil: null,
    });
    expect(codeOf(await content(hanako, approved.id))).toEqual([410, "FILE_NOT_KEPT"]);
    expect(kept()).toBe(0);
  });

  it("is decided once, however many decide at the same time", async () => {
    const { id } = await asked(hanako);
    const both = await Promise.all([decide(kacho, id, "approve"), decide(kacho, id, "refuse")]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  it("lies sealed on the disk, and is the same file after a restart", async () => {
    const { id } = await asked(hanako, "封をした文書".repeat(1000));
    const [name = ""] = readdirSync(portal.keptDir);
    expect(readFileSync(join(portal.keptDir, name)).includes("封をした文書")).toBe(false);
    const again = await portal.restartApprovals();
    const actor = { ...kacho, roles: ["approver"], groups: ["zeimu"], terminal: "192.0.2.1" };
    await again.decide(actor, id, { decision: "approve", answer: "可" });
    expect((await content(hanako, id)).body.toString()).toBe("封をした文書".repeat(1000));
  });

  it("cannot be asked for twice, without a reason, or by somebody else", async () => {
    const download = await portal.addHeld(hanako, "x");
    const path = `/api/downloads/${download}/approval`;
    expect((await post(path, hanako, { reason: "  " })).status).toBe(400);
    expect((await post(path, taro, { reason: "x" })).status).toBe(404);
    const both = await Promise.all([1, 2].map(() => post(path, hanako, { reason: "x" })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe("who decides", () => {
  it("nobody their own, not even an approver of the section", async () => {
    const own = await asked(kacho);
    expect(await idsOf(kacho)).not.toContain(own.id);
    expect(codeOf(await decide(kacho, own.id, "approve"))).toEqual([403, "APPROVAL_OWN"]);
    expect((await get(`/api/approvals/${own.id}`, kacho)).status).toBe(404);
  });

  it.each([
    ["a colleague without the role", () => taro],
    ["an approver of another section", () => jiro],
    ["an auditor", () => auditor],
  ])("not %s: every way to it answers as if it did not exist", async (_who, person) => {
    const { id } = await asked(hanako);
    expect(await idsOf(person())).not.toContain(id);
    for (const path of ["", "/manifest", "/preview"])
      expect((await get(`/api/approvals/${id}${path}`, person())).status).toBe(404);
    expect((await content(person(), id)).status).toBe(404);
    expect((await decide(person(), id, "approve")).status).toBe(404);
    expect((await fileOf(hanako, id))?.approval?.state).toBe("open");
  });

  it("whoever an absent approver named, for that time, on record with both names", async () => {
    const { id } = await asked(hanako);
    const now = Date.parse("2026-04-10T00:00:00Z");
    const at = (ms: number) => new Date(now + ms).toISOString();
    const body = { name: "hosa", from: at(-30 * 24 * hourMs), until: at(30 * 24 * hourMs) };
    const made = (await post("/api/delegations", kacho, body)).json() as Delegation;
    expect((await inboxOf(hosa)).mayDecide).toBe(true);
    expect((await decide(hosa, id, "approve")).json()).toMatchObject({
      decidedBy: "hosa",
      decidedFor: "kacho",
    });
    // Not the absent approver's own, and not those of other sections.
    const own = await asked(kacho);
    const other = await asked(jiro);
    expect((await decide(hosa, own.id, "approve")).status).toBe(404);
    expect((await decide(hosa, other.id, "approve")).status).toBe(404);
    // Not their own either.
    const hosas = await asked(hosa);
    expect(codeOf(await decide(hosa, hosas.id, "approve"))).toEqual([403, "APPROVAL_OWN"]);
    expect((await remove(`/api/delegations/${made.id}`, hosa)).status).toBe(404);
    expect((await remove(`/api/delegations/${made.id}`, kacho)).status).toBe(204);
    const after = await asked(hanako);
    expect((await decide(hosa, after.id, "approve")).status).toBe(404);
    expect(records(made.id)).toEqual(["delegation-set kacho", "delegation-end kacho"]);
  });

  it.each([
    ["oneself", { name: "kacho" }],
    ["somebody who does not exist", { name: "nobody" }],
    ["for no time at all", { until: "2026-04-01T00:00:00Z" }],
    ["for more than a year", { until: "2028-04-01T00:00:00Z" }],
  ])("and cannot name %s", async (_what, more) => {
    const body = { name: "hosa", from: "2026-04-01T00:00:00Z", until: "2026-06-01T00:00:00Z" };
    expect(codeOf(await post("/api/delegations", kacho, { ...body, ...more }))).toEqual([
      422,
      "DELEGATION_NOT_POSSIBLE",
    ]);
    expect((await post("/api/delegations", hanako, body)).status).toBe(403);
  });
});

describe("the history", () => {
  it("shows one's own files only, found by their words, with the record to keep", async () => {
    const { id, download } = await asked(taro);
    const mine = (await get("/api/files?q=計画 no-engine", taro)).json() as FilePage;
    expect(mine.files.map(({ approval }) => approval?.id)).toContain(id);
    expect(((await get("/api/files?q=50%", taro)).json() as FilePage).files).toEqual([]);
    const record = await get(`/api/files/${download}/manifest`, taro);
    expect(record.json()).toMatchObject({ format: "hanare-manifest-1", verdict: "needs_approval" });
    expect((await get(`/api/files/${download}/manifest`, hanako)).status).toBe(404);
    expect((await fileOf(hanako, id))?.id).toBeUndefined();
  });

  it("is searched whole by auditors, who get records and never files", async () => {
    const { download } = await asked(taro);
    const found = await get("/api/admin/records?q=taro jtd", auditor);
    expect(found.json()["files"]).toContainEqual(expect.objectContaining({ id: download }));
    expect((await get(`/api/admin/records/${download}/manifest`, auditor)).status).toBe(200);
    for (const person of [hanako, kacho]) {
      expect((await get("/api/admin/records", person)).status).toBe(403);
      expect((await get(`/api/admin/records/${download}/manifest`, person)).status).toBe(403);
    }
  });
});
