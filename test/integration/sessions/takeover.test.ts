/**
 * What a process finds when the one before it died: sessions in use are proven anew before their people go
 * on, administrators keep to their places, and what belongs to another installation is nobody's business.
 * Real engine; the death is that nothing listens for the containers any more.
 */
import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { newInstallationId, newSessionId, type UserId } from "../../../orchestrator/base/ids.ts";
import { createEngineClient } from "../../../orchestrator/engine/client.ts";
import { makeLabels } from "../../../orchestrator/engine/labels.ts";
import { makeReconcile } from "../../../orchestrator/sessions/reconcile.ts";
import { Sessions } from "../../../orchestrator/sessions/service.ts";
import { sessionContainerName } from "../../../orchestrator/sessions/spec.ts";
import type { Person, WaitNotice } from "../../../orchestrator/sessions/types.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

const terminal = "192.0.2.1";
const soon = () => AbortSignal.timeout(30_000);
const person = (name: string, more: Partial<Person> = {}): Person => ({
  id: `u-${name}` as UserId,
  name,
  groups: [],
  ...more,
});

let scene: SessionScene;
afterEach(() => scene[Symbol.asyncDispose]());

/** The process that served them is gone, and the sockets with it. */
async function forsakeAll(): Promise<void> {
  for (const [id, link] of [...scene.parts.links]) {
    await link[Symbol.asyncDispose]();
    scene.parts.links.delete(id);
    await scene.parts.door.close(id);
  }
}

describe("sessions in use", () => {
  it("live on when they are held as before; one that was loosened meanwhile ends, and it is recorded", async () => {
    scene = await sessionScene({ maxTotal: 2 });
    const kept = await scene.sessions.open(person("taro"), { terminal }, soon());
    const loosened = await scene.sessions.open(person("hanako"), { terminal }, soon());
    await forsakeAll();
    const name = sessionContainerName(scene.parts.installation, loosened.id);
    execFileSync("docker", ["update", "--pids-limit", "4096", name]);
    scene.audited.length = 0;

    await using heir = new Sessions(scene.parts);
    expect(await heir.adopt()).toEqual({ adopted: 1, ended: 1 });
    expect(heir.find(kept.id)?.state).toBe("active");
    expect(heir.find(loosened.id)).toMatchObject({
      state: "deleted",
      endReason: "isolation-refused",
    });
    expect(scene.audited).toMatchObject([
      { action: "isolation-check", outcome: "refused", reason: "PidsLimit" },
      { action: "session-end", reason: "isolation-refused", userName: "hanako" },
    ]);
  });

  it("of another configuration than today's are not thrown out: the walls are the same", async () => {
    scene = await sessionScene({ maxTotal: 2 });
    const { id } = await scene.sessions.open(person("taro"), { terminal }, soon());
    await forsakeAll();
    const limits = { ...scene.parts.limits, pids: scene.parts.limits.pids + 1 };
    await using heir = new Sessions({ ...scene.parts, limits });
    expect(await heir.adopt()).toEqual({ adopted: 1, ended: 0 });
    expect(heir.find(id)?.state).toBe("active");
  });
});

describe("places kept for administrators", () => {
  it("hold an administrator's session also right after a restart", async () => {
    scene = await sessionScene({ maxTotal: 2, administratorPlaces: 1 });
    await scene.sessions.open(person("admin", { administrator: true }), { terminal }, soon());
    await forsakeAll();
    await using heir = new Sessions(scene.parts);
    expect(await heir.adopt()).toEqual({ adopted: 1, ended: 0 });
    // The one ordinary place is free; counted as an ordinary session, the administrator's would fill it.
    const heard: WaitNotice[] = [];
    const note = (notice: WaitNotice) => void heard.push(notice);
    await heir.open(person("taro"), { terminal }, soon(), note);
    expect(heard).toEqual([]);
    const leaver = new AbortController();
    const late = heir.open(person("hanako"), { terminal }, leaver.signal, note);
    await expect.poll(() => heard).toEqual([{ why: "full", position: 1, waiting: 1 }]);
    leaver.abort(new Error("left"));
    await expect(late).rejects.toThrow("left");
  });
});

describe("a container of another installation", () => {
  it("is never touched: neither as an orphan, nor at the end of everything", async () => {
    scene = await sessionScene();
    const foreign = newInstallationId();
    const neighbour = createEngineClient(foreign);
    const id = newSessionId();
    const name = sessionContainerName(foreign, id);
    await neighbour.create({
      name,
      Image: scene.parts.image,
      Entrypoint: ["sleep", "300"],
      HostConfig: { NetworkMode: "none" },
      Labels: makeLabels(foreign, "session", id),
    });
    try {
      await neighbour.start(name);
      const own = await scene.sessions.open(person("taro"), { terminal }, soon());
      const parts = { ...scene.parts, sessions: scene.sessions };
      expect(await makeReconcile(parts)()).toEqual({ orphans: 0, lost: 0 });
      await forsakeAll();
      await using heir = new Sessions(scene.parts);
      expect(await heir.adopt()).toEqual({ adopted: 1, ended: 0 });
      await heir.end(own.id, "user");
      await heir[Symbol.asyncDispose]();
      expect(await scene.engine.list()).toEqual([]);
      expect(await neighbour.list()).toMatchObject([{ name, running: true }]);
    } finally {
      await neighbour.remove(name);
    }
  });
});

describe("refilling the pool", () => {
  it("begins when nobody is opening any more: an open has the processors to itself", async () => {
    scene = await sessionScene({ pool: { min: 1, max: 1 } });
    const made: string[] = [];
    const engine = {
      ...scene.engine,
      start: async (name: string, signal?: AbortSignal) => {
        made.push("start");
        await scene.engine.start(name, signal);
      },
    };
    await using sessions = new Sessions({ ...scene.parts, engine });
    sessions.on("claimed", () => void made.push("claimed"));
    const opening = sessions.open(person("taro"), { terminal }, soon());
    // The pool is told to look at once, again and again, while the open is under way.
    const pressing = setInterval(() => sessions.scheduleRefill(0), 20);
    await opening;
    clearInterval(pressing);
    sessions.scheduleRefill(0);
    await expect.poll(() => made).toEqual(["start", "claimed", "start"]);
  });
});
