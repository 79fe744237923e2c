import { afterAll, beforeAll, expect, it } from "vitest";
import { queryAudit } from "../../orchestrator/audit/query.ts";
import { type Portal, type SignedIn, startPortal } from "../integration/http/portal.ts";

let portal: Portal;
let admin: SignedIn;
beforeAll(async () => {
  portal = await startPortal();
  admin = await portal.person("root", ["system-admin"]);
});
afterAll(() => portal[Symbol.asyncDispose]());

it("the longest account that is accepted also fits its record", async () => {
  const groups = Array.from({ length: 64 }, (_, index) => String(index).padStart(64, "g"));
  const made = await portal.send("POST", "/api/admin/users", {
    cookie: admin.cookie,
    body: { name: "n".repeat(64), displayName: "あ".repeat(128), roles: ["user"], groups },
  });
  expect(made.status).toBe(200);
  expect(queryAudit(portal.database, { limit: 1 }).records[0]).toMatchObject({
    action: "user-create",
    target: "n".repeat(64),
  });
});

it("a name that grows when it is normalised still leaves its record", async () => {
  // One character that becomes eighteen.
  const name = "\ufdfa".repeat(128);
  const refused = await portal.send("POST", "/api/sign-in", { body: { name, password: "x" } });
  expect([refused.status, refused.json()["code"]]).toEqual([401, "SIGN_IN_FAILED"]);
  expect(queryAudit(portal.database, { limit: 1 }).records[0]).toMatchObject({
    action: "sign-in",
    outcome: "failure",
    target: name,
  });
});

it.each([
  "/../hanare.db",
  "/assets/../../hanare.db",
  "/%2e%2e/hanare.db",
  "/..%2fhanare.db",
  "/assets/..%5c..%5chanare.db",
  "//hanare.db",
  "/assets/%00",
  "/%ff",
])("no path leads out of the pages: %s", async (path) => {
  const answer = await portal.send("GET", path, { cookie: admin.cookie });
  expect([400, 404]).toContain(answer.status);
  expect(answer.body.includes("SQLite format")).toBe(false);
});
