/** Who is told what: from the audit log as it is really written, and from the state of the machine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import { loadSigningKey } from "../../../orchestrator/audit/keys.ts";
import { readHead } from "../../../orchestrator/audit/tables.ts";
import { type AuditWriter, createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import type { Account, Role } from "../../../orchestrator/identity/types.ts";
import {
  type Condition,
  conditionsOf,
  type Figures,
} from "../../../orchestrator/notices/conditions.ts";
import { Outbox } from "../../../orchestrator/notices/outbox.ts";
import { makeRestarts } from "../../../orchestrator/notices/restarts.ts";
import { type NoticeParts, Notices } from "../../../orchestrator/notices/notices.ts";
import { recordsBetween } from "../../../orchestrator/start/notices.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const dayMs = 24 * 3_600_000;
const account = (name: string, roles: readonly Role[], disabled = false): Account => ({
  ...{ id: `u-${name}` as UserId, name, displayName: name, roles, groups: [], disabled },
  ...{ mustChangePassword: false, createdAt: "", lastSignInAt: null },
});
const accounts = [
  account("hanako", ["user"]),
  account("lister", ["list-admin"]),
  account("former", ["list-admin"], true),
  account("kacho", ["approver"]),
  account("kansa", ["auditor"]),
  account("admin", ["system-admin"]),
];

let folder: string;
let database: DatabaseSync;
let audit: AuditWriter;
let now: number;
let wrong: readonly Condition[];
let notices: Notices;
let outbox: Outbox;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-notices-"));
  database = openDatabase(join(folder, "hanare.db"));
  now = Date.parse("2026-04-01T00:00:00Z");
  const signingKey = loadSigningKey(join(folder, "keys"));
  audit = createAuditWriter({ database, signingKey, now: () => now });
  wrong = [];
  outbox = new Outbox({
    ...{ database, log: pino({ level: "silent" }), now: () => now, installation: "itest" },
    ...{ portal: undefined, pauseMs: dayMs },
    // Nobody listens there: what is sent waits.
    mail: {
      server: { host: "127.0.0.1", port: 9, security: "tls", serverName: "mail.test" },
      from: "hanare@city.test",
    },
  });
  // Before there were notices.
  audit.write(requestOpen("古い申請"));
  notices = start();
});
afterEach(async () => {
  await notices[Symbol.asyncDispose]();
  await outbox[Symbol.asyncDispose]();
  audit[Symbol.dispose]();
  database.close();
  rmSync(folder, { recursive: true });
});

const start = (look: NoticeParts["look"] = () => Promise.resolve(wrong)) =>
  new Notices({
    ...{ database, log: pino({ level: "silent" }), now: () => now },
    ...{ outbox, mailDomains: ["city.test"] },
    accounts: () => accounts,
    deciders: (approval) => (approval === "a1" ? ["u-kacho" as UserId] : []),
    newest: () => readHead(database).seq,
    records: (after, upTo) => recordsBetween(database, after, upTo),
    look,
    // The tests say when.
    ...{ followMs: dayMs, lookMs: dayMs },
  });
const requestOpen = (target: string): AuditEvent => ({
  ...{ action: "request-open", outcome: "success", userId: "u-hanako", userName: "hanako", target },
  details: { request: "r1", asker: "hanako" },
});
const of = (name: string) =>
  notices.list(`u-${name}` as UserId, { limit: 10 }).map(({ words }) => words.ja);
const told = () =>
  Object.fromEntries(
    accounts.map(({ name }) => [name, of(name)] as const).filter(([, each]) => each.length > 0),
  );

describe("the audit log", () => {
  test("a request is told to those who decide, and its answer to who asked; nobody else hears", async () => {
    audit.write(requestOpen("www.example.jp"));
    await notices.follow();
    expect(told()).toEqual({ lister: ["hanako さんが www.example.jp の利用を申請しました。"] });
    audit.write({
      ...requestOpen("www.example.jp"),
      action: "request-approve",
      userName: "lister",
    });
    await notices.follow();
    expect(of("hanako")).toEqual(["利用の申請（www.example.jp）に回答がありました: 承認"]);
  });

  test("a file is told to those who may decide about it, and its answer to who asked", async () => {
    const asked: AuditEvent = {
      ...{ action: "approval-ask", outcome: "success", userName: "hanako", target: "計画.jtd" },
      details: { approval: "a1", requester: "hanako" },
    };
    audit.write(asked);
    audit.write({ ...asked, action: "approval-refuse", userName: "kacho" });
    await notices.follow();
    expect(told()).toEqual({
      kacho: ["hanako さんがファイル「計画.jtd」の承認を求めています。"],
      hanako: ["ファイル「計画.jtd」の申請に回答がありました: 却下"],
    });
  });

  test("what failed, and what concerns nobody, is told to nobody", async () => {
    audit.write({ ...requestOpen("x"), outcome: "refused" });
    audit.write({ action: "sign-in", outcome: "success", userName: "hanako" });
    await notices.follow();
    expect(told()).toEqual({});
  });

  test("what happened while nothing ran is told after the next start, once", async () => {
    await notices[Symbol.asyncDispose]();
    audit.write(requestOpen("www.example.jp"));
    notices = start();
    await notices.follow();
    await notices.follow();
    expect(of("lister")).toHaveLength(1);
  });

  test("hostile names are text, cut to a length, and braces in them are not filled", async () => {
    audit.write({ ...requestOpen(`{who}<script>${"x".repeat(4000)}`), userName: "{what}\n" });
    await notices.follow();
    const [text = ""] = of("lister");
    expect(text.startsWith("{what}\n さんが {who}<script>xxx")).toBe(true);
    expect(text.length).toBeLessThan(300);
  });
});

describe("one's own", () => {
  test("are found by words, paged, and marked as read by their owner alone", async () => {
    for (const at of [1, 2, 3]) audit.write(requestOpen(`www${at}.example.jp`));
    await notices.follow();
    const lister = "u-lister" as UserId;
    const [newest, second] = notices.list(lister, { limit: 10 });
    expect(notices.list(lister, { q: "WWW2", limit: 10 }).map(({ id }) => id)).toEqual([
      second?.id,
    ]);
    expect(notices.list(lister, { before: second?.id ?? 0, limit: 10 })).toHaveLength(1);
    notices.markRead("u-hanako" as UserId, "all");
    notices.markRead("u-hanako" as UserId, [newest?.id ?? 0]);
    expect(notices.unread(lister)).toBe(3);
    notices.markRead(lister, [newest?.id ?? 0]);
    expect(notices.unread(lister)).toBe(2);
    notices.markRead(lister, "all");
    expect(notices.unread(lister)).toBe(0);
  });

  test("are the newest 500", async () => {
    for (let at = 0; at < 510; at += 1) audit.write(requestOpen(`www${at}.example.jp`));
    await notices.follow();
    expect(notices.unread("u-lister" as UserId)).toBe(500);
  });
});

describe("by mail", () => {
  const lister = "u-lister" as UserId;
  const waiting = () =>
    database
      .prepare("SELECT address, language FROM notice_outbox")
      .all()
      .map((each) => ({ ...each }));
  const wants = { address: "lister@city.test", language: "en", kinds: ["request-asked"] } as const;

  test("goes what somebody asked for, and nothing before they did", async () => {
    audit.write(requestOpen("www.example.jp"));
    await notices.follow();
    expect(waiting()).toEqual([]);
    notices.setSettings(lister, wants);
    audit.write(requestOpen("www.example.jp"));
    await notices.follow();
    expect(waiting()).toEqual([{ address: "lister@city.test", language: "en" }]);
    notices.setSettings(lister, { ...wants, kinds: ["disk-low"] });
    audit.write(requestOpen("www.example.jp"));
    await notices.follow();
    expect(waiting()).toHaveLength(1);
  });

  test.each([
    "lister@elsewhere.test",
    "lister@city.test.elsewhere.test",
    "x@city.test>\r\nDATA",
    "city.test",
  ])("%s is no address of the site", (address) => {
    expect(() => notices.setSettings(lister, { ...wants, address })).toThrow(/MAIL_ADDRESS/);
  });

  test("is offered what the roles can hear of", () => {
    const offered = (roles: readonly Role[]) => notices.settings({ id: lister, roles }).available;
    expect(offered(["user"])).toEqual(["request-decided", "approval-asked", "approval-decided"]);
    expect(offered(["list-admin"])).toContain("request-asked");
    expect(offered(["auditor"])).toContain("audit-broken");
    expect(offered(["system-admin"])).toContain("disk-low");
  });
});

describe("the state of the machine", () => {
  test("is told when it turns bad, once a day while it stays so, and anew when it turns bad again", async () => {
    wrong = [{ kind: "disk-low", facts: { free: 100 } }];
    await notices.look();
    now += dayMs - 1;
    await notices.look();
    expect(told()).toEqual({
      admin: ["データのディスクの空きが少なくなりました（残り 100 MB）。"],
    });
    now += 1;
    await notices.look();
    expect(of("admin")).toHaveLength(2);
    wrong = [];
    await notices.look();
    wrong = [{ kind: "disk-low", facts: { free: 90 } }];
    await notices.look();
    expect(of("admin")).toHaveLength(3);
  });

  test("auditors hear of a broken log as well", async () => {
    wrong = [{ kind: "audit-broken", facts: { seq: 7, reason: "record-altered" } }];
    await notices.look();
    expect(Object.keys(told()).sort()).toEqual(["admin", "kansa"]);
  });

  test("auditors hear of a log that could not be looked at, and why", async () => {
    wrong = [{ kind: "audit-unchecked", facts: { reason: "ENOENT" } }];
    await notices.look();
    expect(of("kansa")).toEqual([expect.stringContaining("検証できませんでした（ENOENT）")]);
  });

  test("a part that ends by itself is remembered for an hour after the last time", () => {
    const restarted = makeRestarts();
    const minute = 60_000;
    expect(restarted({ proxy: 3, clamd: 0 }, 0)).toEqual([]);
    expect(restarted({ proxy: 4, clamd: 0 }, minute)).toEqual(["proxy"]);
    expect(restarted({ proxy: 9, clamd: 1 }, 50 * minute)).toEqual(["proxy", "clamd"]);
    expect(restarted({ proxy: 9, clamd: 2 }, 109 * minute)).toEqual(["proxy", "clamd"]);
    expect(restarted({ proxy: 9, clamd: 2 }, 110 * minute)).toEqual(["clamd"]);
    expect(restarted({ proxy: 9, clamd: 2 }, 169 * minute)).toEqual([]);
  });

  const gb = 1024 ** 3;
  const well: Figures = {
    signatures: { isOld: false, builtAt: "2026-03-31T00:00:00Z" },
    ...{ scanner: "up", proxy: "up", line: { waiting: 3, longestWaitMs: 60_000 } },
    disk: { freeBytes: 20 * gb, totalBytes: 100 * gb },
    ...{ memory: { availableBytes: 3 * gb, reserveBytes: 2 * gb }, restarted: [] },
    forward: { waiting: 5, since: "2026-03-31T23:55:00Z" },
  };
  const cases: readonly (readonly [string, Partial<Figures>, readonly Condition[]])[] = [
    ["all is well", {}, []],
    [
      "old signatures",
      { signatures: { isOld: true, builtAt: "2026-03-20T01:02:03Z" } },
      [{ kind: "signatures-old", facts: { at: "2026-03-20" } }],
    ],
    [
      "people who wait for minutes",
      { line: { waiting: 3, longestWaitMs: 200_000 } },
      [{ kind: "capacity", facts: { waiting: 3, minutes: 3 } }],
    ],
    [
      "a big disk with a twentieth left",
      { disk: { freeBytes: 4 * gb, totalBytes: 100 * gb } },
      [{ kind: "disk-low", facts: { free: 4096 } }],
    ],
    [
      "memory that even the reserve is eaten of",
      { memory: { availableBytes: gb - 1, reserveBytes: 2 * gb } },
      [{ kind: "memory-low", facts: { free: 1023 } }],
    ],
    [
      "parts that came back",
      { restarted: ["proxy", "clamd"] },
      [{ kind: "part-restarted", facts: { part: "proxy, clamd" } }],
    ],
    [
      "records that wait for long",
      { forward: { waiting: 5, since: "2026-03-31T23:50:00Z" } },
      [{ kind: "forward-behind", facts: { waiting: 5, since: "2026-03-31T23:50:00Z" } }],
    ],
    [
      "a log that is broken, and that could not be looked at again",
      { broken: { seq: 7, reason: "record-altered" }, unchecked: "EIO" },
      [
        { kind: "audit-broken", facts: { seq: 7, reason: "record-altered" } },
        { kind: "audit-unchecked", facts: { reason: "EIO" } },
      ],
    ],
    [
      "parts that are down",
      { scanner: "down", proxy: "down" },
      [{ kind: "part-down", facts: { part: "clamd, proxy" } }],
    ],
  ];
  test.each(cases)("%s", (_, more, expected) => {
    expect(conditionsOf({ ...well, ...more }, now, () => false)).toEqual(expected);
  });

  test.each([
    [
      "memory",
      "memory-low",
      gb,
      (bytes: number) => ({ memory: { availableBytes: bytes, reserveBytes: 2 * gb } }),
    ],
    [
      "a disk",
      "disk-low",
      5 * gb,
      (bytes: number) => ({ disk: { freeBytes: bytes, totalBytes: 100 * gb } }),
    ],
  ] as const)(
    "%s that wavers around its limit is told once, and again after it was well",
    async (_, kind, least, figures) => {
      let bytes = 0;
      await using wavering = start((stands) =>
        Promise.resolve(conditionsOf({ ...well, ...figures(bytes) }, now, stands)),
      );
      const toldAfter: number[] = [];
      for (const part of [0.99, 1.01, 0.99, 1.49, 0.99, 1.5, 1.49, 1, 0.99]) {
        bytes = least * part;
        await wavering.look();
        const list = wavering.list("u-admin" as UserId, { limit: 10 });
        toldAfter.push(list.filter((each) => each.kind === kind).length);
      }
      expect(toldAfter).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2]);
    },
  );
});
