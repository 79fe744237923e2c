import { expect, test } from "vitest";
import { toEcs } from "../../../orchestrator/audit/ecs.ts";
import { toCef } from "../../../orchestrator/audit/forward/cef.ts";
import { frame } from "../../../orchestrator/audit/forward/syslog.ts";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import type { FoundRecord } from "../../../orchestrator/audit/search/search.ts";

const found = (event: AuditEvent): FoundRecord => ({
  record: { v: 1, seq: 7, at: "2026-04-01T00:00:00.000Z", prev: "0".repeat(64), event },
  hash: "a".repeat(64),
});
const refusal = found({
  ...{ action: "proxy-refusal", outcome: "refused", reason: "R12", sessionId: "s1" },
  ...{ userId: "u1", userName: "hanako", section: "税務課", terminal: "10.1.2.3" },
  target: "https://bad.example:443/",
});

test("a refusal in ECS: where, who, from which terminal, and that it was refused", () => {
  expect(toEcs(refusal)).toEqual({
    "@timestamp": "2026-04-01T00:00:00.000Z",
    ecs: { version: "9.0.0" },
    event: {
      ...{ kind: "event", dataset: "hanare.audit", action: "proxy-refusal", outcome: "failure" },
      ...{ sequence: 7, hash: "a".repeat(64), reason: "R12" },
    },
    user: { id: "u1", name: "hanako", group: { name: "税務課" } },
    source: { address: "10.1.2.3", ip: "10.1.2.3" },
    url: { full: "https://bad.example:443/", domain: "bad.example" },
    hanare: {
      ...{ outcome: "refused", prev: "0".repeat(64), session: "s1" },
      target: "https://bad.example:443/",
    },
  });
});

test("what a record does not have is left out, and a name is no address", () => {
  const made = toEcs(found({ action: "user-create", outcome: "success", terminal: "local" }));
  expect(made).not.toHaveProperty("user");
  expect(made).not.toHaveProperty("url");
  expect(made["source"]).toEqual({ address: "local" });
});

test("line breaks and separators of names cannot make another field or message in CEF", () => {
  const made = toCef(
    found({
      ...{ action: "release", outcome: "success", userName: "x suser=root" },
      target: "a\r\nb|c=d\\e",
    }),
  );
  expect(made).not.toMatch(/[\r\n]/);
  expect(made).toContain("suser=x suser\\=root ");
  expect(made).toContain("fname=a\\r\\nb|c\\=d\\\\e ");
});

test("a frame begins with the length of what follows, in octets", () => {
  const text = frame(refusal, "ecs", "host 離れ.example").toString("utf8");
  const [, length = "", message = ""] = /^(\d+) (.*)$/s.exec(text) ?? [];
  expect(Buffer.byteLength(message)).toBe(Number(length));
  expect(message).toMatch(
    /^<108>1 2026-04-01T00:00:00\.000Z host\.example hanare - proxy-refusal - \{"@timestamp"/,
  );
});
