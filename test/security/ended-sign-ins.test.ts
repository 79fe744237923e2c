/**
 * A sign-in that ends before its time takes along what it has open: whoever sits at a lost terminal sees and types no
 * more from that moment on, also in a window that was open before.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { newSessionId, type UserId } from "../../orchestrator/base/ids.ts";
import { configSchema } from "../../orchestrator/config/schema.ts";
import type { FileDesk } from "../../orchestrator/downloads/types.ts";
import { Gateway } from "../../orchestrator/gateway/gateway.ts";
import { errorBodyOf, toAppError } from "../../orchestrator/http/error-map.ts";
import { answerRaw } from "../../orchestrator/http/raw-answer.ts";
import { RequestRate } from "../../orchestrator/http/request-rate.ts";
import { authorizeUpgrade } from "../../orchestrator/http/upgrade-auth.ts";
import { cookieFor } from "../../orchestrator/identity/cookie.ts";
import { createIdentity, type Identity } from "../../orchestrator/identity/identity.ts";
import { SessionLink } from "../../orchestrator/sessions/link.ts";
import { openDatabase } from "../../orchestrator/store/database.ts";
import { identitySettings, quickHashing, sealKey } from "../support/identity.ts";
import { sessionScene } from "../support/session-parts.ts";

const from = { terminal: "192.0.2.1" };
const config = configSchema.parse({});
const password = "a long enough password";

let stack: AsyncDisposableStack;
let identity: Identity;
let portal: Server;
let user: UserId;
let session: string;

/** A claimed session of somebody who is signed in; the container says nothing. */
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const database = openDatabase(":memory:");
  stack.defer(() => database.close());
  identity = createIdentity({
    ...{ database, sealKey, settings: identitySettings(), now: Date.now, hashing: quickHashing },
  });
  const made = await identity.create({
    ...{ name: "taro", displayName: "太郎", roles: ["user"], groups: [] },
  });
  user = made.user.id;
  const changed = await identity.changePassword(made.user, made.oneTimePassword, password);
  if (changed.outcome !== "changed") throw new Error(changed.outcome);

  const scene = stack.use(await sessionScene());
  const { store, links, log, door } = scene.parts;
  const id = newSessionId();
  session = id;
  store.begin(id, { warm: false, firstUid: 700_000, maxTotal: 1 });
  store.markReady(id);
  links.set(id, await SessionLink.listen(`${scene.root}/${id}.sock`, log));
  store.claim(id, {
    person: { id: user, name: "taro", groups: [] },
    terminal: "192.0.2.1",
    expiresAt: new Date(Date.now() + 3_600_000),
    idleMinutes: 30,
  });
  const gateway = stack.use(
    new Gateway({
      ...{
        sessions: scene.sessions,
        door,
        log,
        limits: config.sessions,
        browser: () => config.browser,
      },
      files: { list: () => [], onChange: () => () => undefined } as unknown as FileDesk,
      requests: {
        refusalAt: () => undefined,
        askStateOf: () => ({ state: "never", why: "no-list" }),
        passedBy: () => undefined,
        onChange: () => () => undefined,
      },
      approvals: {
        askUpload: () => Promise.reject(new Error("nobody asks here")),
        uploadApproval: () => undefined,
        usedUpload: () => undefined,
        onChange: () => () => undefined,
      },
      audit: { write: () => undefined, record: () => Promise.resolve() },
      groupsOf: () => [],
      windowRights: () => ({
        ...{ rule: "none", clipboard: { in: true, out: true }, print: false },
        ...{ upload: false, watermark: false, sound: true },
      }),
      authorize: (request) =>
        authorizeUpgrade(request, { identity, sessions: scene.sessions, rate: new RequestRate() }),
      onSignInsEnded: (listener) => identity.onSignInsEnded(listener),
      bodyOf: (error) => errorBodyOf(toAppError(error).code, "test"),
      refuse: answerRaw,
    }),
  );
  portal = createServer().on("upgrade", gateway.onUpgrade);
  stack.defer(() => {
    portal.closeAllConnections();
    portal.close();
  });
  await once(portal.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => stack.disposeAsync());

async function signIn(): Promise<string> {
  const result = await identity.signIn("taro", password, from);
  if (result.outcome !== "signed-in") throw new Error(result.outcome);
  return cookieFor(result.token);
}

async function open(path: string, cookie: string): Promise<WebSocket> {
  const host = `127.0.0.1:${(portal.address() as AddressInfo).port}`;
  const origin = `https://${host}`;
  const viewer = new WebSocket(`ws://${host}${path}`, { headers: { cookie, origin } });
  viewer.on("error", () => undefined);
  await new Promise((resolve) => viewer.once("open", resolve).once("close", resolve));
  return viewer;
}

const signedIn = (cookie: string) => {
  const caller = identity.authenticate(cookie);
  if (!caller) throw new Error("nobody");
  return caller;
};

it.each<[string, (here: string, lost: string) => unknown]>([
  ["is ended from another place", (_, lost) => identity.endSignIn(user, signedIn(lost).ticketId)],
  ["is ended with all others", (here) => identity.endOtherSignIns(signedIn(here))],
  [
    "ends with the password",
    (here) =>
      identity.changePassword(
        signedIn(here).user,
        password,
        "another long password",
        signedIn(here).ticketId,
      ),
  ],
  [
    "ends with the account's use",
    () =>
      identity.update(
        user,
        { displayName: "太郎", roles: ["user"], groups: [], disabled: true },
        "uroot" as UserId,
      ),
  ],
  ["is reset by an administrator", () => identity.reset(user)],
])("one that %s keeps no window, no sound and no place in line", async (_how, end) => {
  const [here, lost] = [await signIn(), await signIn()];
  const room = `/api/sessions/${session}`;
  const paths = [`${room}/control`, `${room}/sound`, `${room}/upload`, "/api/open"];
  const viewers = await Promise.all(paths.map((path) => open(path, lost)));
  expect(viewers.map(({ readyState }) => readyState)).toEqual(Array(4).fill(WebSocket.OPEN));
  const closed = Promise.all(viewers.map((viewer) => once(viewer, "close")));
  await end(here, lost);
  await closed;
  expect((await open(`${room}/control`, lost)).readyState).not.toBe(WebSocket.OPEN);
});

it("a window that keeps talking is closed all the same", async () => {
  const [here, lost] = [await signIn(), await signIn()];
  const viewer = await open(`/api/sessions/${session}/control`, lost);
  const answered: string[] = [];
  viewer.on("message", (data: Buffer) => answered.push(data.toString()));
  const closed = once(viewer, "close");
  // As a program that keeps talking would.
  const talking = setInterval(() => viewer.send(JSON.stringify({ type: "echo", n: 7 })), 1);
  await expect
    .poll(() => answered.filter((text) => text.includes("echo")).length)
    .toBeGreaterThan(3);
  identity.endOtherSignIns(signedIn(here));
  const [code] = (await closed) as [number];
  clearInterval(talking);
  expect(code).toBe(1013);
});

it("other sign-ins of the person go on", async () => {
  const [here, lost] = [await signIn(), await signIn()];
  const mine = await open(`/api/sessions/${session}/control`, here);
  const theirs = await open(`/api/sessions/${session}/control`, lost);
  const closed = once(theirs, "close");
  identity.endOtherSignIns(signedIn(here));
  await closed;
  const answered = once(mine, "message");
  mine.send(JSON.stringify({ type: "echo", n: 7 }));
  await answered;
  expect(mine.readyState).toBe(WebSocket.OPEN);
});
