/** A sign-in whose time is over: refused everywhere with the same words, and nothing of the person is lost. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Portal, type SignedIn, startPortal } from "./portal.ts";

const hoursMs = 3_600_000;
let portal: Portal;
let hanako: SignedIn;
let session: string;

beforeAll(async () => {
  portal = await startPortal();
  hanako = await portal.person("hanako", ["user"]);
  const opened = await portal.send("POST", "/api/sessions", { cookie: hanako.cookie, body: {} });
  session = String(opened.json()["id"]);
  portal.advance(11.9 * hoursMs);
  const still = await portal.send("GET", "/api/session", { cookie: hanako.cookie });
  expect(still.status).toBe(200);
  portal.advance(0.2 * hoursMs);
});
afterAll(() => portal[Symbol.asyncDispose]());

describe("an expired ticket", () => {
  test.each<[string, string]>([
    ["GET", "/api/session"],
    ["POST", "/api/sessions"],
    ["GET", "/api/me"],
  ])("is told to sign in again: %s %s", async (method, path) => {
    const answer = await portal.send(method, path, {
      cookie: hanako.cookie,
      ...(method === "POST" ? { body: {} } : {}),
    });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code: "SIGN_IN_REQUIRED" });
    expect(String(answer.json()["ja"])).toMatch(/サインイン/);
  });

  test.each(["control", "picture"])("opens no socket: %s", async (kind) => {
    const answer = await portal.upgrade(`/api/sessions/${session}/${kind}`, {
      cookie: hanako.cookie,
    });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code: "SIGN_IN_REQUIRED" });
  });

  test("asks for no session", async () => {
    expect((await portal.upgrade("/api/open", { cookie: hanako.cookie })).status).toBe(401);
  });

  test("ends no session: it is there after the next sign-in", async () => {
    expect(portal.ended).toEqual([]);
    const again = await portal.send("POST", "/api/sign-in", {
      body: { name: "hanako", password: hanako.password },
    });
    expect(again.status).toBe(200);
    const [cookie = ""] = String(again.headers["set-cookie"]).split(";");
    const current = await portal.send("GET", "/api/session", { cookie });
    expect(current.json()).toMatchObject({ session: { id: session } });
  });
});
