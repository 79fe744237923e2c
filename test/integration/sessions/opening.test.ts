/** Opening on the real engine: the pool, the line, quotas, the administrators' place, one click one tab. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { SessionId, UserId } from "../../../orchestrator/base/ids.ts";
import { cgroupOf } from "../../../orchestrator/engine/cgroup.ts";
import type { AppliedContainer } from "../../../orchestrator/engine/verify-applied.ts";
import { sessionContainerName, specHash } from "../../../orchestrator/sessions/spec.ts";
import type { EngineClient } from "../../../orchestrator/engine/client.ts";
import { readKernelView } from "../../../orchestrator/engine/kernel-view.ts";
import { Sessions } from "../../../orchestrator/sessions/service.ts";
import type { Person, WaitNotice } from "../../../orchestrator/sessions/types.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

const terminal = "192.0.2.1";
const soon = () => AbortSignal.timeout(30_000);
const person = (name: string, more: Partial<Person> = {}): Person => ({
  id: `u-${name}` as UserId,
  name,
  groups: ["staff"],
  ...more,
});

let scene: SessionScene;
afterEach(() => scene[Symbol.asyncDispose]());

/** Opens and notes what is said meanwhile. */
function opening(who: Person, signal = soon()) {
  const heard: WaitNotice[] = [];
  const opened = scene.sessions.open(
    who,
    { terminal },
    signal,
    (notice) => void heard.push(notice),
  );
  opened.catch(() => undefined);
  return { heard, opened };
}
const open = (who: Person) => scene.sessions.open(who, { terminal }, soon());

async function pooled(): Promise<SessionId> {
  const linked = once(scene.sessions, "linked");
  scene.sessions.scheduleRefill(0);
  return ((await linked) as [SessionId])[0];
}

const viewOf = (id: SessionId) =>
  scene.engine.inspect(sessionContainerName(scene.parts.installation, id));

/** What the kernel gives a container beside others. */
function shareOf({ State }: AppliedContainer): number {
  const place = cgroupOf(readFileSync(`/proc/${State.Pid}/cgroup`, "utf8"), "cpu");
  if (!place) throw new Error("in no group with a share");
  const file = place.version === 1 ? "cpu.shares" : "cpu.weight";
  return Number(readFileSync(join(place.directory, file), "utf8"));
}

/** As if the process that made the waiting container had died: nothing listens for it any more. */
async function forsaken(): Promise<SessionId> {
  const [id] = [...scene.parts.links.keys()];
  if (id === undefined) throw new Error("nothing waits");
  await scene.parts.links.get(id)?.[Symbol.asyncDispose]();
  scene.parts.links.delete(id);
  await scene.parts.door.close(id);
  return id;
}

describe("a full house", () => {
  it("lets people wait in line, tells them where they stand, and lets them in by turn", async () => {
    scene = await sessionScene({ maxTotal: 1 });
    const first = await open(person("taro"));
    const second = opening(person("hanako"));
    const leaver = new AbortController();
    const third = opening(person("jiro"), leaver.signal);
    const fourth = opening(person("saburo"));
    await expect.poll(() => fourth.heard.length).toBeGreaterThan(0);
    expect(second.heard[0]).toEqual({ why: "full", position: 1, waiting: 1 });
    expect(fourth.heard.at(-1)).toEqual({ why: "full", position: 3, waiting: 3 });

    leaver.abort(new Error("tab closed"));
    await expect(third.opened).rejects.toThrow("tab closed");
    expect(fourth.heard.at(-1)).toEqual({ why: "full", position: 2, waiting: 2 });
    expect(scene.sessions.capacity().line).toMatchObject({ waiting: 2, overQuota: 0 });

    await scene.sessions.end(first.id, "user");
    const entered = await second.opened;
    expect(entered.ownerName).toBe("hanako");
    expect(fourth.heard.at(-1)).toEqual({ why: "full", position: 1, waiting: 1 });
    await scene.sessions.end(entered.id, "user");
    expect((await fourth.opened).ownerName).toBe("saburo");
    expect(await scene.engine.list("session")).toHaveLength(1);
  });

  it("gives up after the configured time, and refuses at once when the line is full", async () => {
    scene = await sessionScene({ maxTotal: 1, queue: { max: 1, minutes: 0.02 } });
    await open(person("taro"));
    const second = opening(person("hanako"));
    await expect.poll(() => second.heard.length).toBe(1);
    await expect(open(person("jiro"))).rejects.toMatchObject({
      code: "CAPACITY",
      context: { why: "line", retryAfterSeconds: 60 },
    });
    await expect(second.opened).rejects.toMatchObject({
      code: "CAPACITY",
      context: { why: "waited", position: 1 },
    });
  });

  it("keeps the last place for administrators", async () => {
    scene = await sessionScene({ maxTotal: 2, administratorPlaces: 1 });
    await open(person("taro"));
    const waiting = opening(person("hanako"));
    await expect.poll(() => waiting.heard.length).toBe(1);
    const admin = await open(person("admin", { administrator: true }));
    expect(admin.ownerName).toBe("admin");
    expect(waiting.heard).toHaveLength(1);
  });

  it("counts memory, not limits: nobody enters below the host's reserve", async () => {
    scene = await sessionScene({ hostReserveMb: 10_000_000 });
    const waiting = opening(person("taro"));
    await expect.poll(() => waiting.heard[0]?.why).toBe("full");
    expect(await scene.engine.list("session")).toEqual([]);
    expect(scene.sessions.capacity().memory.room).toBe(0);
  });
});

describe("a policy's limit", () => {
  it("stops its own people only", async () => {
    scene = await sessionScene({ maxTotal: 3 }, "{}", (groups) =>
      groups.includes("trainees")
        ? { rule: "R1", session: true, maxSessions: 1 }
        : { rule: "R2", session: groups.includes("staff") },
    );
    const trainee = (name: string) => person(name, { groups: ["trainees"] });
    const first = await open(trainee("kenji"));
    const over = opening(trainee("miki"));
    await expect.poll(() => over.heard).toEqual([{ why: "quota", position: 1, waiting: 1 }]);
    expect((await open(person("taro"))).ownerName).toBe("taro");
    await scene.sessions.end(first.id, "user");
    expect((await over.opened).ownerName).toBe("miki");

    await expect(open(person("stranger", { groups: [] }))).rejects.toMatchObject({
      code: "SESSION_NOT_ALLOWED",
    });
    expect(scene.audited.at(-1)).toMatchObject({
      action: "session-start",
      outcome: "refused",
      reason: "R2",
    });
  });

  it("of another runtime is an error where that cannot be had, never a weaker container", async () => {
    scene = await sessionScene({}, "{}", () => ({ rule: "R1", session: true, runtime: "runsc" }));
    if ((await scene.engine.runtimes()).includes("runsc")) {
      // A machine that has it; what it is like there, gvisor.test.ts says.
      const { id } = await open(person("taro"));
      const { HostConfig } = await scene.engine.inspect(
        sessionContainerName(scene.parts.installation, id),
      );
      expect(HostConfig.Runtime).toBe("runsc");
      return;
    }
    await expect(open(person("taro"))).rejects.toMatchObject({ code: "RUNTIME_MISSING" });
    expect(await scene.engine.list("session")).toEqual([]);
    expect(scene.sessions.list()).toEqual([]);
  });
});

describe("the pool", () => {
  it("hands over what is still starting instead of starting another one", async () => {
    scene = await sessionScene({ pool: { min: 1, max: 1 } });
    scene.sessions.scheduleRefill(0);
    await expect.poll(() => scene.sessions.list().length, { interval: 5 }).toBe(1);
    const [starting] = scene.sessions.list();
    expect(starting?.state).toBe("creating");
    const opened = await open(person("taro"));
    expect(opened.id).toBe(starting?.id);
    expect(scene.sessions.capacity().pool).toMatchObject({ hits: 0, late: 1, misses: 0 });
  });

  it("leaves the processors to others while it fills, and only then", async () => {
    scene = await sessionScene({ pool: { min: 1, max: 1 } });
    const { id: used } = await open(person("taro"));
    const usual = shareOf(await viewOf(used));
    const before: number[] = [];
    const engine: EngineClient = {
      ...scene.engine,
      async setCpuShares(name, shares) {
        before.push(shareOf(await scene.engine.inspect(name)));
        await scene.engine.setCpuShares(name, shares);
      },
    };
    await using sessions = new Sessions({ ...scene.parts, engine });
    const linked = once(sessions, "linked");
    sessions.scheduleRefill(0);
    const [id] = (await linked) as [SessionId];
    expect(before).toHaveLength(1);
    expect(before[0]).toBeLessThan(usual / 4);
    const applied = await viewOf(id);
    expect(shareOf(applied)).toBe(usual);
    // No other limit went with the change.
    const { memoryMb, pids } = scene.parts.limits;
    expect(readKernelView(applied.State.Pid).limits).toEqual({
      memoryBytes: memoryMb * 1024 ** 2,
      pids,
    });
  });

  it("gives what is still starting its full share as soon as somebody waits for it", async () => {
    scene = await sessionScene({ pool: { min: 1, max: 1 } });
    const shares: number[] = [];
    let late: Promise<unknown> | undefined;
    const engine: EngineClient = {
      ...scene.engine,
      async start(name, signal) {
        await scene.engine.start(name, signal);
        const share = async () => shareOf(await scene.engine.inspect(name));
        shares.push(await share());
        late = sessions.open(person("taro"), { terminal }, soon());
        await expect.poll(share).toBeGreaterThan((shares[0] ?? 0) * 4);
      },
    };
    await using sessions = new Sessions({ ...scene.parts, engine });
    const linked = once(sessions, "linked");
    sessions.scheduleRefill(0);
    const [id] = (await linked) as [SessionId];
    expect(await late).toMatchObject({ id });
    expect(sessions.capacity().pool).toMatchObject({ hits: 0, late: 1, misses: 0 });
  });

  it("replaces one that does not answer at the claim, and its person does not notice", async () => {
    scene = await sessionScene({ pool: { min: 1, max: 1 } });
    const id = await pooled();
    const name = sessionContainerName(scene.parts.installation, id);
    const { uid } = scene.parts.store.get(id);
    await scene.engine.exec(name, ["sh", "-c", "kill -STOP -1"], `${uid}:${uid}`);
    const opened = await open(person("taro"));
    expect(opened.id).not.toBe(id);
    expect(opened.warm).toBe(false);
    // It was this person's for a moment: it stands in the log from its start to its end.
    expect(scene.audited.map(({ action, sessionId }) => [action, sessionId])).toEqual([
      ["session-start", id],
      ["session-end", id],
      ["session-start", opened.id],
    ]);
    expect(scene.sessions.find(id)).toMatchObject({ state: "deleted", endReason: "start-failed" });
    expect(scene.sessions.capacity().pool).toMatchObject({ hits: 0, misses: 1 });
  });

  it("takes over a waiting container of a former process by the hash on its label, and no other", async () => {
    scene = await sessionScene({ pool: { min: 1, max: 1 } });
    await pooled();
    const [fact] = await scene.engine.list("session");
    expect(fact?.spec).toBe(specHash({ ...scene.parts }));
    const { limits } = scene.parts;
    expect(specHash({ ...scene.parts, limits: { ...limits, pids: limits.pids + 1 } })).not.toBe(
      fact?.spec,
    );
    expect(specHash({ ...scene.parts, chromiumPolicy: '{"a":1}' })).not.toBe(fact?.spec);

    const id = await forsaken();
    await using heir = new Sessions(scene.parts);
    expect(await heir.adopt()).toEqual({ adopted: 1, ended: 0 });
    const opened = await heir.open(person("taro"), { terminal }, soon());
    expect(opened).toMatchObject({ id, warm: true });
    expect(heir.capacity().pool).toMatchObject({ hits: 1, misses: 0 });
  });

  it("ends a waiting container of a former process that is made from something else", async () => {
    scene = await sessionScene({ pool: { min: 1, max: 1 } });
    await pooled();
    const id = await forsaken();
    const { limits } = scene.parts;
    await using heir = new Sessions({
      ...scene.parts,
      limits: { ...limits, pids: limits.pids + 1, pool: { ...limits.pool, min: 0, max: 0 } },
    });
    expect(await heir.adopt()).toEqual({ adopted: 0, ended: 1 });
    expect(heir.find(id)).toMatchObject({ state: "deleted", endReason: "pool-retired" });
    expect(await scene.engine.list()).toEqual([]);
  });

  it("gives nobody a waiting container that was loosened while no process looked", async () => {
    scene = await sessionScene({ pool: { min: 1, max: 1 } });
    await pooled();
    const id = await forsaken();
    const engine = {
      ...scene.engine,
      async inspect(name: string) {
        const applied = await scene.engine.inspect(name);
        return { ...applied, HostConfig: { ...applied.HostConfig, PidsLimit: 0 } };
      },
    };
    await using heir = new Sessions({ ...scene.parts, engine });
    expect(await heir.adopt()).toEqual({ adopted: 0, ended: 1 });
    expect(heir.find(id)).toMatchObject({ state: "deleted", endReason: "isolation-refused" });
    expect(scene.audited).toMatchObject([
      { action: "isolation-check", outcome: "refused", reason: "PidsLimit", sessionId: id },
    ]);
    expect(await scene.engine.list()).toEqual([]);
  });

  it("makes room for a person in a full house", async () => {
    scene = await sessionScene({ maxTotal: 2, pool: { min: 1, max: 1 } });
    await pooled();
    await open(person("taro"));
    await pooled();
    const opened = await open(person("hanako"));
    expect(opened.warm).toBe(true);
    expect(await scene.engine.list("session")).toHaveLength(2);
  });
});

describe("the record of a session's start", () => {
  it("is kept with the claim: where it cannot be, nobody has the session and nothing is left", async () => {
    scene = await sessionScene();
    const write = () => {
      throw new Error("disk full");
    };
    await using sessions = new Sessions({ ...scene.parts, audit: { write } });
    const claimed: unknown[] = [];
    sessions.on("claimed", (view) => claimed.push(view));
    await expect(sessions.open(person("taro"), { terminal }, soon())).rejects.toThrow("disk full");
    expect(claimed).toEqual([]);
    expect(sessions.list()).toEqual([]);
    expect(await scene.engine.list()).toEqual([]);
  });

  it("says how it was opened", async () => {
    scene = await sessionScene({}, "{}", () => ({ rule: "R7", session: true }));
    const { id } = await open(person("taro"));
    expect(scene.audited).toMatchObject([
      {
        action: "session-start",
        outcome: "success",
        sessionId: id,
        details: { warm: false, runtime: "runc", rights: "R7" },
      },
    ]);
  });
});

describe("one click", () => {
  const url = "http://page.test/";
  const tabs = (id: SessionId) => scene.sessions.link(id)?.tabs.tabs.length;

  it("is one tab, however often the page asks", async () => {
    scene = await sessionScene();
    const from = {
      terminal,
      url,
      key: "click-1",
      size: { width: 1000, height: 700, scalePct: 100 },
    };
    const [first, again] = await Promise.all([
      scene.sessions.open(person("taro"), from, soon()),
      scene.sessions.open(person("taro"), from, soon()),
    ]);
    expect(again.id).toBe(first.id);
    await scene.sessions.open(person("taro"), from, soon());
    await scene.sessions.open(person("taro"), { ...from, key: "click-2" }, soon());
    await expect.poll(() => tabs(first.id)).toBe(2);
    // Messages are carried out in order: when this one is answered, no third tab is under way.
    await scene.sessions.link(first.id)?.ping(soon());
    expect(tabs(first.id)).toBe(2);
    expect(await scene.engine.list("session")).toHaveLength(1);
  });

  it("goes on when the page is reloaded while its session is made, and ends when it is closed", async () => {
    scene = await sessionScene();
    const closed = new AbortController();
    const before = opening(person("taro"), closed.signal);
    await expect.poll(() => scene.sessions.list().length, { interval: 5 }).toBe(1);
    const after = opening(person("taro"));
    closed.abort(new Error("reloaded"));
    await expect(before.opened).rejects.toThrow("reloaded");
    expect((await after.opened).ownerName).toBe("taro");

    const alone = new AbortController();
    const other = opening(person("hanako"), alone.signal);
    await expect.poll(() => scene.sessions.list().length, { interval: 5 }).toBe(2);
    alone.abort(new Error("closed"));
    await expect(other.opened).rejects.toThrow("closed");
    await expect.poll(() => scene.sessions.list().length).toBe(1);
    expect(await scene.engine.list("session")).toHaveLength(1);
  });
});
