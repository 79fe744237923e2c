import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect } from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { queryAudit } from "../../orchestrator/audit/query.ts";
import { rates } from "../../orchestrator/http/request-rate.ts";
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

it("a stranger's body is not waited for: who may not send it hears so before", async () => {
  const { hostname, port, host, origin } = new URL(portal.origin);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  socket.write(
    `POST /api/admin/policy/publish HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\n` +
      `Content-Type: application/json\r\nContent-Length: 4000000\r\n\r\n{`,
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 [\s\S]*SIGN_IN_REQUIRED/);
  socket.destroy();
});

it("one terminal does not take the connections of all, and nobody who says nothing keeps it from stopping", async () => {
  const crowded = await startPortal();
  const { hostname: host, port } = new URL(crowded.origin);
  const sockets: Socket[] = [];
  for (let batch = 0; batch < 45; batch += 1) {
    const fresh = Array.from({ length: 100 }, () =>
      connectTcp({ host, port: Number(port), localAddress: "127.0.0.9" }),
    );
    for (const socket of fresh) socket.resume().on("error", () => undefined);
    await Promise.all(fresh.map((socket) => once(socket, "connect")));
    sockets.push(...fresh);
  }
  expect((await crowded.send("GET", "/api/health")).status).toBe(200);
  const left = () => sockets.filter(({ destroyed }) => !destroyed).length;
  await expect.poll(left).toBe(1024);
  await crowded[Symbol.asyncDispose]();
  await expect.poll(left).toBe(0);
});

it("a stranger's tries at signing in fill the log no faster than two a second", async () => {
  await using busy = await startPortal({ rates });
  const tries = rates["sign-in"].atOnce + 200;
  const body = { name: "nobody", password: "x" };
  const answers = await Promise.all(
    Array.from({ length: tries }, () => busy.send("POST", "/api/sign-in", { body })),
  );
  const codes = answers.map((answer) => answer.json()["code"]);
  const refused = codes.filter((code) => code === "TOO_MANY_REQUESTS").length;
  expect(refused).toBeGreaterThan(100);
  const { records } = queryAudit(busy.database, { limit: 1000, action: "sign-in" });
  expect(records).toHaveLength(tries - refused);
});
