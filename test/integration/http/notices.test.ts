/** Notices over the real server: from an act on record to the person it concerns, and to nobody else. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { NoticePage } from "../../../orchestrator/http/notice-contract.ts";
import { type Portal, sections, type SignedIn, startPortal } from "./portal.ts";

let portal: Portal;
let hanako: SignedIn;
let kacho: SignedIn;
beforeAll(async () => {
  for (const name of ["hanako", "kacho"]) sections.set(name, ["zeimu"]);
  portal = await startPortal();
  hanako = await portal.person("hanako", ["user"]);
  kacho = await portal.person("kacho", ["user", "approver"]);
});
afterAll(() => portal[Symbol.asyncDispose]());

const noticesOf = async ({ cookie }: SignedIn, query = "") =>
  (await portal.send("GET", `/api/notices${query}`, { cookie })).json() as NoticePage;
const read = ({ cookie }: SignedIn, body: unknown) =>
  portal.send("POST", "/api/notices/read", { cookie, body });

it("an approver hears of a file, the person of the answer; each reads their own", async () => {
  const download = await portal.addHeld(hanako, "一太郎の文書");
  const reason = { reason: "照会に要る" };
  const asked = await portal.send("POST", `/api/downloads/${download}/approval`, {
    ...{ cookie: hanako.cookie, body: reason },
  });
  await portal.notices.follow();
  expect(await noticesOf(hanako)).toMatchObject({ notices: [], unread: 0 });
  const [notice] = (await noticesOf(kacho)).notices;
  expect(notice).toMatchObject({ kind: "approval-asked", href: "/approvals", isRead: false });
  expect(notice?.ja).toContain("計画.jtd");
  await portal.send("POST", `/api/approvals/${String(asked.json()["id"])}/decide`, {
    ...{ cookie: kacho.cookie, body: { decision: "approve", answer: "確認しました" } },
  });
  await portal.notices.follow();
  expect((await noticesOf(hanako)).notices).toMatchObject([{ kind: "approval-decided" }]);
  // Somebody else's number changes nothing, and says nothing.
  expect((await read(hanako, { ids: [notice?.id ?? 0] })).json()).toEqual({ unread: 1 });
  expect((await noticesOf(kacho)).unread).toBe(1);
  expect((await read(kacho, { ids: [notice?.id ?? 0] })).json()).toEqual({ unread: 0 });
  expect((await read(hanako, { all: true })).json()).toEqual({ unread: 0 });
});

it("what is no number and no word is refused", async () => {
  expect((await read(hanako, { ids: ["1 OR 1"] })).status).toBe(400);
  expect((await read(hanako, {})).status).toBe(400);
  const wrong = await portal.send("GET", "/api/notices?before=0", { cookie: hanako.cookie });
  expect(wrong.status).toBe(400);
  expect((await noticesOf(hanako, `?q=${encodeURIComponent("%' OR 1=1 --")}`)).notices).toEqual([]);
});
