import { once } from "node:events";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionId, UserId } from "../../../orchestrator/base/ids.ts";
import { makeLabels } from "../../../orchestrator/engine/labels.ts";
import { makeReconcile } from "../../../orchestrator/sessions/reconcile.ts";
import { sessionContainerName } from "../../../orchestrator/sessions/spec.ts";
import type { SessionView } from "../../../orchestrator/sessions/types.ts";
import { watchEngine } from "../../../orchestrator/sessions/watch-engine.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

const taro = { id: "u1" as UserId, name: "taro", groups: ["staff"] };
const hanako = { id: "u2" as UserId, name: "hanako", groups: ["staff"] };
const terminal = "192.0.2.1";
const soon = () => AbortSignal.timeout(30_000);

let scene: SessionScene;
beforeEach(async () => {
  scene = await sessionScene({ maxTotal: 2 });
});
afterEach(() => scene[Symbol.asyncDispose]());

const reconcileParts = () => ({ ...scene.parts, sessions: scene.sessions });
const ended = async (): Promise<SessionView> =>
  ((await once(scene.sessions, "ended")) as [SessionView])[0];

describe("a session", () => {
  it("is one container with its own uid, directory and sockets, and all of it goes at the end", async () => {
    const session = await scene.sessions.open(taro, { terminal }, soon());
    expect(
      (await scene.engine.list("session")).map(({ name, running }) => ({ name, running })),
    ).toEqual([
      { name: sessionContainerName(scene.parts.installation, session.id), running: true },
    ]);
    const control = await stat(join(scene.root, session.id, "control.sock"));
    expect({ mode: control.mode & 0o777, uid: control.uid, gid: control.gid }).toEqual({
      mode: 0o660,
      uid: 0,
      gid: 700_000,
    });

    const startedAt = performance.now();
    await scene.sessions.end(session.id, "user");
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(await scene.engine.list()).toEqual([]);
    expect(await readdir(scene.root)).toEqual([]);
    expect(scene.sessions.list()).toEqual([]);
    expect(scene.audited.map(({ action, reason }) => [action, reason])).toEqual([
      ["session-start", undefined],
      ["session-end", "user"],
    ]);
  });

  it("is returned, not doubled, when its person opens again", async () => {
    const [first, second] = await Promise.all([
      scene.sessions.open(taro, { terminal }, soon()),
      scene.sessions.open(taro, { terminal }, soon()),
    ]);
    expect(second.id).toBe(first.id);
    expect(await scene.engine.list("session")).toHaveLength(1);
  });

  it("belongs to one person: another gets another container", async () => {
    const first = await scene.sessions.open(taro, { terminal }, soon());
    const second = await scene.sessions.open(hanako, { terminal }, soon());
    expect(second.id).not.toBe(first.id);
    expect(scene.parts.store.get(second.id).uid).not.toBe(scene.parts.store.get(first.id).uid);
  });

  it("fails at once, not at its deadline, when its container dies while it starts", async () => {
    await using _watch = await watchEngine(
      scene.engine,
      scene.sessions,
      makeReconcile(reconcileParts()),
      scene.parts.log,
    );
    const opening = scene.sessions.open(taro, { terminal }, soon());
    opening.catch(() => undefined);
    await expect
      .poll(async () => (await scene.engine.list("session")).map(({ running }) => running), {
        interval: 5,
      })
      .toEqual([true]);
    const [container] = await scene.engine.list("session");
    const killedAt = performance.now();
    await scene.engine.remove(container?.name ?? "");
    await expect(opening).rejects.toMatchObject({ code: "SESSION_START_FAILED" });
    expect(performance.now() - killedAt).toBeLessThan(5000);
    expect(await scene.engine.list()).toEqual([]);
    expect(await readdir(scene.root)).toEqual([]);
  });

  it("ends with a reason when its container dies", async () => {
    const session = await scene.sessions.open(taro, { terminal }, soon());
    await using _watch = await watchEngine(
      scene.engine,
      scene.sessions,
      makeReconcile(reconcileParts()),
      scene.parts.log,
    );
    const ending = ended();
    await scene.engine.exec(
      sessionContainerName(scene.parts.installation, session.id),
      ["sh", "-c", "kill -9 -1"],
      "700000:700000",
    );
    expect((await ending).endReason).toBe("container-died");
    await scene.sessions.end(session.id, "user");
    expect(await scene.engine.list()).toEqual([]);
  });
});

describe("the warm pool", () => {
  it("hands out a waiting container at once, with nobody's name in it before", async () => {
    await using pooled = await sessionScene({ pool: { min: 1, max: 1 } });
    pooled.sessions.scheduleRefill(0);
    const [id] = (await once(pooled.sessions, "linked")) as [SessionId];
    const waiting = pooled.sessions.find(id);
    expect(waiting).toMatchObject({
      state: "ready",
      ownerId: null,
      ownerName: null,
      terminal: null,
    });
    const opened = await pooled.sessions.open(taro, { terminal }, soon());
    expect(opened).toMatchObject({ id, state: "active", ownerName: "taro", warm: true });
    expect((await pooled.engine.list("session")).map(({ name }) => name)).toEqual([
      sessionContainerName(pooled.parts.installation, id),
    ]);
  });
});

describe("reconcile", () => {
  it("removes a container without a record and leaves others' containers alone", async () => {
    const session = await scene.sessions.open(taro, { terminal }, soon());
    const orphan = `hanare-${scene.parts.installation}-orphan`;
    await scene.engine.create({
      name: orphan,
      Image: scene.parts.image,
      Labels: makeLabels(scene.parts.installation, "session", "saaaaaaaaaaaaaaaaaaaa" as SessionId),
    });
    expect(await makeReconcile(reconcileParts())()).toEqual({ orphans: 1, lost: 0 });
    expect((await scene.engine.list()).map(({ session: id }) => id)).toEqual([session.id]);
    expect(await makeReconcile(reconcileParts())()).toEqual({ orphans: 0, lost: 0 });
  });

  it("ends a record whose container is gone", async () => {
    const session = await scene.sessions.open(taro, { terminal }, soon());
    await scene.engine.remove(sessionContainerName(scene.parts.installation, session.id));
    expect(await makeReconcile(reconcileParts())()).toEqual({ orphans: 0, lost: 1 });
    expect(scene.sessions.find(session.id)).toMatchObject({
      state: "deleted",
      endReason: "container-died",
    });
    expect(await readdir(scene.root)).toEqual([]);
  });

  it("takes up again what a process that died had begun to close", async () => {
    const session = await scene.sessions.open(taro, { terminal }, soon());
    scene.parts.store.beginClosing(session.id, "idle");
    expect(await makeReconcile(reconcileParts())()).toEqual({ orphans: 0, lost: 1 });
    expect(scene.sessions.find(session.id)).toMatchObject({ state: "deleted", endReason: "idle" });
    expect(await scene.engine.list()).toEqual([]);
    expect(scene.audited.at(-1)).toMatchObject({ action: "session-end", reason: "idle" });
  });

  it("closes a stuck session once what was in the way is gone", async () => {
    const session = await scene.sessions.open(taro, { terminal }, soon());
    const obstacle = join(scene.root, session.id, "egress", "planted", "deep");
    await mkdir(obstacle, { recursive: true });
    await scene.sessions.end(session.id, "user");
    expect(scene.sessions.find(session.id)?.state).toBe("stuck");
    expect(scene.audited.at(-1)).toMatchObject({ outcome: "failure", reason: "user" });
    expect(await scene.engine.list()).toEqual([]);
    await rm(dirname(obstacle), { recursive: true });
    expect(await makeReconcile(reconcileParts())()).toEqual({ orphans: 0, lost: 1 });
    expect(scene.sessions.find(session.id)).toMatchObject({ state: "deleted", endReason: "user" });
    expect(scene.audited.at(-1)).toMatchObject({ outcome: "success", reason: "user" });
    expect(await readdir(scene.root)).toEqual([]);
  });
});
