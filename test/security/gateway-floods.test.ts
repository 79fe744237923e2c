import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { controlFrameLimitBytes, frameType, toAgent } from "../../images/wire/control.ts";
import type { DecisionRecord } from "../../proxy/ipc.ts";
import { encodeFrame, encodeJsonFrame, FrameReader } from "../../images/wire/frame.ts";
import { type AuditEvent, auditEvent } from "../../orchestrator/audit/events.ts";
import { newSessionId, type SessionId, type UserId } from "../../orchestrator/base/ids.ts";
import { configSchema } from "../../orchestrator/config/schema.ts";
import type { FileDesk } from "../../orchestrator/downloads/types.ts";
import { pace } from "../../orchestrator/gateway/pace.ts";
import { Gateway } from "../../orchestrator/gateway/gateway.ts";
import { errorBodyOf, toAppError } from "../../orchestrator/http/error-map.ts";
import type { GatewayMessage } from "../../orchestrator/http/room-contract.ts";
import { SessionLink } from "../../orchestrator/sessions/link.ts";
import { type SessionScene, sessionScene } from "../support/session-parts.ts";
import { controlHello, dialAs } from "./peer.ts";

const config = configSchema.parse({});
const logged: string[] = [];
const log = pino({ level: "warn" }, { write: (line: string) => void logged.push(line) });
/** Keeps nothing: floods of files have tests of their own. */
const noFiles = {
  list: () => [],
  onChange: () => () => undefined,
} as unknown as FileDesk;

const refusedUrl = "https://denied.example/";
const refusal = { record: { id: "q1", rule: "R1" } as DecisionRecord, groups: [] };
const taro = { id: "u1" as UserId, name: "taro", groups: [] };

let scene: SessionScene;
let gateway: Gateway;
let portal: Server;
let audited: AuditEvent[];
let auditFails: boolean;
let mayPrint: boolean;
let mayUpload: boolean;
let id: SessionId;
let path: string;

/** A claimed session whose container is the test itself. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  logged.length = 0;
  audited = [];
  auditFails = false;
  mayPrint = false;
  mayUpload = false;
  scene = await sessionScene();
  const { store, links } = scene.parts;
  gateway = new Gateway({
    sessions: scene.sessions,
    files: noFiles,
    door: scene.parts.door,
    requests: {
      refusalAt: (_owner, _session, url) => (url === refusedUrl ? refusal : undefined),
      askStateOf: () => {
        throw new Error("the list's snapshot is damaged");
      },
      passedBy: () => undefined,
      onChange: () => () => undefined,
    },
    audit: {
      write(event) {
        if (auditFails) throw new Error("disk full");
        audited.push(auditEvent.parse(event));
      },
      record(event) {
        if (auditFails) return Promise.reject(new Error("disk full"));
        audited.push(auditEvent.parse(event));
        return Promise.resolve();
      },
    },
    limits: config.sessions,
    browser: () => config.browser,
    log,
    approvals: {
      askUpload: () => Promise.reject(new Error("nobody asks here")),
      uploadApproval: () => undefined,
      usedUpload: () => undefined,
      onChange: () => () => undefined,
    },
    groupsOf: () => [],
    windowRights: () => ({
      rule: "none",
      clipboard: { in: true, out: true },
      print: mayPrint,
      upload: mayUpload,
      watermark: false,
    }),
    authorize: ({ url }) =>
      url === "/open"
        ? { signIn: "t1", kind: "open", person: taro, terminal: "192.0.2.1" }
        : { signIn: "t1", kind: url === "/picture" ? "picture" : "control", sessionId: id },
    onSignInsEnded: () => () => undefined,
    bodyOf: (error) => errorBodyOf(toAppError(error).code, "test"),
    refuse: (socket) => socket.destroy(),
  });
  portal = createServer().on("upgrade", gateway.onUpgrade);
  await once(portal.listen(0, "127.0.0.1"), "listening");

  id = newSessionId();
  store.begin(id, { warm: false, firstUid: 700_000, maxTotal: 1 });
  store.markReady(id);
  path = `${scene.root}/${id}.sock`;
  const link = await SessionLink.listen(path, log);
  links.set(id, link);
  scene.sessions.emit("linked", id, link);
  store.claim(id, {
    person: taro,
    terminal: "192.0.2.1",
    expiresAt: new Date(Date.now() + 3_600_000),
    idleMinutes: 30,
  });
  scene.sessions.emit("claimed", store.get(id));
});
afterEach(async () => {
  vi.useRealTimers();
  auditFails = false;
  gateway[Symbol.dispose]();
  await scene[Symbol.asyncDispose]();
  portal.closeAllConnections();
  portal.close();
});

async function view(kind = "control"): Promise<WebSocket> {
  const { port } = portal.address() as AddressInfo;
  const viewer = new WebSocket(`ws://127.0.0.1:${port}/${kind}`);
  viewer.on("error", () => undefined);
  await once(viewer, "open");
  return viewer;
}

/** Floods until `enough` resolves; how many milliseconds that took. */
async function flooded(kind: string, enough: () => Promise<unknown>): Promise<number> {
  const worker = new Worker(new URL("./flood.ts", import.meta.url), { workerData: { path, kind } });
  await once(worker, "online");
  const startedAt = performance.now();
  await enough();
  await worker.terminate();
  return performance.now() - startedAt;
}
/** What is told at most every 50 ms in so long; the flood before and after is a little longer. */
const mostIn = (ms: number) => ms / 50 + 5;

/** Resolves when all of it was read: the gateway hangs up once it has. */
async function floodedWith(kind: string, most: number): Promise<void> {
  const workerData = { path, kind, most };
  await once(new Worker(new URL("./flood.ts", import.meta.url), { workerData }), "exit");
}

describe("a container that floods", () => {
  it("tabs is shown to its viewer a few times a second, and the viewer stays", async () => {
    const viewer = await view();
    let heard = 0;
    viewer.on("message", (data: Buffer) => {
      if ((JSON.parse(data.toString()) as GatewayMessage).type === "tabs") heard += 1;
    });
    const ms = await flooded("huge tabs", () => wait(800));
    await expect.poll(() => heard).toBeGreaterThan(1);
    expect(heard).toBeLessThan(mostIn(ms));
    expect(viewer.readyState).toBe(WebSocket.OPEN);
    viewer.terminate();
  });

  it("carets, copies and questions reaches its viewer and the log in small numbers", async () => {
    const viewer = await view();
    const heard: string[] = [];
    viewer.on("message", (data: Buffer) =>
      heard.push((JSON.parse(data.toString()) as GatewayMessage).type),
    );
    const count = (type: string) => heard.filter((each) => each === type).length;
    // Thirty a minute pass; one more is told as too often.
    const ms = await flooded("carets, copies, questions and histories", async () => {
      await expect.poll(() => count("held")).toBe(1 + 30);
      await wait(500);
    });
    expect(count("caret")).toBeGreaterThan(1);
    expect(count("caret")).toBeLessThan(mostIn(ms));
    expect(count("copied")).toBe(30);
    expect(count("held")).toBe(1 + 30);
    expect(count("file-chooser")).toBe(0);
    expect(count("history")).toBe(0);
    expect(audited.filter(({ action }) => action === "clipboard-out")).toHaveLength(31);
    expect(viewer.readyState).toBe(WebSocket.OPEN);
    viewer.terminate();
  });

  it("questions for files where these are allowed asks its person thirty times a minute, no more", async () => {
    mayUpload = true;
    const viewer = await view();
    const heard: string[] = [];
    viewer.on("message", (data: Buffer) =>
      heard.push((JSON.parse(data.toString()) as GatewayMessage).type),
    );
    await floodedWith("carets, copies, questions and histories", 4000);
    const count = (type: string) => heard.filter((each) => each === type).length;
    await expect.poll(() => count("file-chooser")).toBe(30);
    // Nothing goes out before the terminal itself sends a file: no try is on record.
    expect(audited.filter(({ action }) => action === "upload")).toEqual([]);
    expect(viewer.readyState).toBe(WebSocket.OPEN);
    viewer.terminate();
  });

  it("ever new addresses fills neither the log nor the time: the rest is counted", async () => {
    await floodedWith("ever new addresses", 1000);
    expect(audited).toHaveLength(200);
    gateway[Symbol.dispose]();
    const last = audited.at(-1);
    expect([last?.action, last?.reason, last?.userName]).toEqual(["navigation", "flood", "taro"]);
    expect(last?.details?.["repeated"]).toBeGreaterThan(100);
  });
});

it("a program in a viewer's place takes a part of the server's time", async () => {
  const { port } = portal.address() as AddressInfo;
  const worker = new Worker(new URL("./flood.ts", import.meta.url), {
    workerData: { path: `ws://127.0.0.1:${port}/control`, kind: "viewer" },
  });
  let answered = 0;
  worker.on("message", (echoes: number) => (answered = echoes));
  await expect.poll(() => answered).toBeGreaterThan(pace.atOnce / 2);
  await wait(500);
  await worker.terminate();
  // What it may say at once and no more; without a pace it is hundreds of thousands.
  expect(answered).toBeLessThanOrEqual(pace.atOnce + 5 * pace.perSecond);
});

it("one that floods the other ways of a session is let go", async () => {
  const viewer = await view("picture");
  const closed = once(viewer, "close");
  for (let n = 0; n < pace.atOnce + 8 * pace.perSecond; n += 1) viewer.send(Buffer.from([n % 7]));
  expect((await closed)[0]).toBe(1006);
});

it("a person's 9th window ends the first: sockets of one session have an end", async () => {
  for (const kind of ["control", "picture"]) {
    const first = await view(kind);
    const gone = once(first, "close");
    const others = await Promise.all(Array.from({ length: 8 }, () => view(kind)));
    await gone;
    expect(others.map(({ readyState }) => readyState)).toEqual(Array(8).fill(WebSocket.OPEN));
    for (const each of others) each.terminate();
  }
});

it.each<[string, string]>([
  ["100,000 characters of Japanese", "永".repeat(100_000)],
  ["characters of two halves at every cut", `a${"😀".repeat(49_999)}`],
  ["control characters, six bytes each on the wire", "\u0001".repeat(100_000)],
])("pasted text of %s arrives whole, in frames that the agent accepts", async (_name, text) => {
  const agent = await dialAs(path, controlHello);
  const reader = new FrameReader(controlFrameLimitBytes);
  let arrived = "";
  const all = new Promise<void>((resolve) => {
    agent.on("data", (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        const message = toAgent.parse(JSON.parse(frame.payload.toString()));
        if (message.type === "insert-text") arrived += message.text;
      }
      if (arrived.length >= text.length) resolve();
    });
  });
  const viewer = await view();
  await expect.poll(() => scene.sessions.link(id)?.connected).toBe(true);
  viewer.send(JSON.stringify({ type: "insert-text", text }));
  await all;
  expect(arrived === text).toBe(true);
  viewer.terminate();
  agent.destroy();
});

it("a policy that cannot be asked leaves the viewer told, and nothing to be asked for", async () => {
  const agent = await dialAs(path, controlHello);
  const viewer = await view();
  const tabs: unknown[] = [];
  viewer.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as GatewayMessage;
    if (message.type === "tabs") tabs.push(...message.tabs.map((tab) => tab.refusal?.ask));
  });
  const tab = { id: 1, title: "", loading: false, canGoBack: false, canGoForward: false };
  const message = { type: "tabs", tabs: [{ ...tab, url: refusedUrl }], active: 1 };
  agent.write(encodeJsonFrame(frameType.message, message));
  await expect.poll(() => tabs).toContainEqual({ state: "never", why: "no-list" });
  expect(logged.join("")).toContain('"event":"ask-state"');
  viewer.terminate();
  agent.destroy();
});

it("a record that cannot be kept ends no session and no process", async () => {
  const agent = await dialAs(path, controlHello);
  const url = "https://www.example.jp/";
  for (let at = 0; at < 2; at += 1)
    agent.write(encodeJsonFrame(frameType.message, { type: "navigated", tab: 1, url }));
  await expect.poll(() => audited.length).toBe(1);
  auditFails = true;
  vi.setSystemTime(Date.now() + 11_000);
  await expect.poll(() => logged.join("")).toContain('"event":"audit"');
  expect(scene.sessions.find(id)?.state).toBe("active");
  agent.destroy();
});

it("what cannot be put on record does not happen: the person is told, and nobody's process ends", async () => {
  const agent = await dialAs(path, controlHello);
  await expect.poll(() => scene.sessions.link(id)?.connected).toBe(true);
  const viewer = await view();
  const held: string[] = [];
  viewer.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as GatewayMessage;
    if (message.type === "held") held.push(`${message.what} ${message.why}`);
  });
  const sent: string[] = [];
  const reader = new FrameReader(controlFrameLimitBytes);
  agent.on("data", (chunk: Buffer) => {
    for (const { payload } of reader.push(chunk))
      sent.push(toAgent.parse(JSON.parse(payload.toString())).type);
  });
  auditFails = true;
  mayPrint = true;
  viewer.send(JSON.stringify({ type: "paste", text: "秘密" }));
  viewer.send(JSON.stringify({ type: "print" }));
  agent.write(encodeJsonFrame(frameType.message, { type: "print-asked" }));
  agent.write(encodeJsonFrame(frameType.message, { type: "copied", text: "秘密" }));
  await expect
    .poll(() => held.toSorted())
    .toEqual(["clipboard-in failed", "clipboard-out failed", "print failed", "print failed"]);
  viewer.send(JSON.stringify({ type: "back" }));
  await expect.poll(() => sent).toContain("back");
  expect(sent.filter((type) => type === "paste" || type === "open-print")).toEqual([]);
  expect(scene.sessions.link(id)?.connected).toBe(true);
  expect(viewer.readyState).toBe(WebSocket.OPEN);
  viewer.terminate();
  agent.destroy();
});

describe("a page that asks for its session", () => {
  it.each<[string, string]>([
    ["no JSON", "open!"],
    ["another message", JSON.stringify({ type: "back" })],
    ["an absurd size", JSON.stringify({ type: "open", size: { width: 99_999, height: 1 } })],
    ["a key of 65 characters", JSON.stringify({ type: "open", key: "k".repeat(65) })],
    ["an unknown field", JSON.stringify({ type: "open", session: "s1" })],
  ])("and says %s is told so and let go", async (_name, text) => {
    const viewer = await view("open");
    const told = once(viewer, "message");
    const closed = once(viewer, "close");
    viewer.send(text);
    const [data] = (await told) as [Buffer];
    expect(JSON.parse(data.toString())).toMatchObject({
      type: "failed",
      error: { code: "BAD_REQUEST" },
    });
    expect((await closed)[0]).toBe(1008);
  });

  it("is given the session it has, and from then on speaks to it", async () => {
    const agent = await dialAs(path, controlHello);
    await expect.poll(() => scene.sessions.link(id)?.connected).toBe(true);
    const asked = new Set<string>();
    const reader = new FrameReader(controlFrameLimitBytes);
    agent.on("data", (chunk: Buffer) => {
      for (const { payload } of reader.push(chunk))
        asked.add(toAgent.parse(JSON.parse(payload.toString())).type);
    });
    const viewer = await view("open");
    const first = once(viewer, "message");
    viewer.send(JSON.stringify({ type: "open" }));
    const [data] = (await first) as [Buffer];
    expect(JSON.parse(data.toString())).toMatchObject({ type: "session", session: { id } });
    viewer.send(JSON.stringify({ type: "back" }));
    await expect.poll(() => [...asked].sort()).toEqual(["back", "open-stills"]);
    viewer.terminate();
    agent.destroy();
  });
});

describe("whole pictures for a viewer that has none", () => {
  /** A viewer that asked, and the container's answer as `send` gives it. */
  async function asked(
    send: (stills: Socket) => void,
  ): Promise<{ viewer: WebSocket; seen: Buffer[] }> {
    const agent = await dialAs(path, controlHello);
    const reader = new FrameReader(controlFrameLimitBytes);
    agent.on("data", (chunk: Buffer) => {
      for (const { payload } of reader.push(chunk)) {
        const message = toAgent.parse(JSON.parse(payload.toString()));
        if (message.type !== "open-stills") continue;
        void dialAs(path, { kind: "still", stream: message.stream }).then(send);
      }
    });
    await expect.poll(() => scene.sessions.link(id)?.connected).toBe(true);
    const viewer = await view();
    const seen: Buffer[] = [];
    viewer.on("message", (data: Buffer, isBinary) => {
      if (isBinary) seen.push(data);
    });
    viewer.send(JSON.stringify({ type: "first-picture" }));
    return { viewer, seen };
  }

  it("arrive as they are", async () => {
    const picture = Buffer.from([0xff, 0xd8, 0xff, 2, 3]);
    const { viewer, seen } = await asked((stills) =>
      stills.write(encodeFrame(frameType.still, picture)),
    );
    await expect.poll(() => seen).toEqual([picture]);
    viewer.terminate();
  });

  it("end after 60, and at once when one is no picture or announced too large; the viewer stays", async () => {
    const closed: string[] = [];
    const flood = await asked((stills) => {
      stills.once("close", () => closed.push("flood"));
      for (let at = 0; at < 100; at += 1)
        stills.write(encodeFrame(frameType.still, Buffer.from([0xff, 0xd8, 0xff, at])));
    });
    await expect.poll(() => closed).toEqual(["flood"]);
    await expect.poll(() => flood.seen.length).toBe(60);
    expect(flood.viewer.readyState).toBe(WebSocket.OPEN);
    flood.viewer.terminate();

    const other = await asked((stills) => {
      stills.once("close", () => closed.push("other"));
      stills.write(encodeFrame(frameType.message, Buffer.from("{}")));
    });
    await expect.poll(() => closed).toEqual(["flood", "other"]);
    expect(other.seen).toEqual([]);
    other.viewer.terminate();

    const svg = await asked((stills) => {
      stills.once("close", () => closed.push("svg"));
      stills.write(encodeFrame(frameType.still, Buffer.from("<svg/>")));
    });
    await expect.poll(() => closed).toEqual(["flood", "other", "svg"]);
    expect(svg.seen).toEqual([]);
    svg.viewer.terminate();

    const huge = await asked((stills) => {
      stills.once("close", () => closed.push("huge"));
      stills.write(Buffer.from([0xff, 0xff, 0xff, 0xff, frameType.still]));
    });
    await expect.poll(() => closed).toEqual(["flood", "other", "svg", "huge"]);
    expect(huge.seen).toEqual([]);
    expect(huge.viewer.readyState).toBe(WebSocket.OPEN);
    huge.viewer.terminate();
  });
});
