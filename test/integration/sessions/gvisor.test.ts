/**
 * Sessions under gVisor, end to end: registered by the set-up's own code with an engine of the tests' own,
 * proven, seen by a person, filled up and ended. Where the set-up could not fetch runsc, or there is no
 * dockerd to start, all of it is skipped and says so. The steps build on each other.
 */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InstallationId, SessionId, UserId } from "../../../orchestrator/base/ids.ts";
import { loadInstallationId } from "../../../orchestrator/config/installation.ts";
import { createEngineClient, type EngineClient } from "../../../orchestrator/engine/client.ts";
import { readKernelView } from "../../../orchestrator/engine/kernel-view.ts";
import { containerBytes } from "../../../orchestrator/sessions/machine.ts";
import { sessionContainerName } from "../../../orchestrator/sessions/spec.ts";
import { isRegistered } from "../../../setup/gvisor/register.ts";
import { dockerdPid } from "../../../setup/gvisor/reload-engine.ts";
import { testImages } from "../../support/images.ts";
import { type Installation, startInstallation } from "../../support/installation.ts";
import { registerGvisor, whyNoGvisor } from "../../support/gvisor.ts";
import { OwnEngine } from "../../support/own-engine.ts";
import {
  firstSignIn,
  go,
  newProfile,
  openInternet,
  sessionIdOf,
  startTerminal,
} from "../../support/terminal.ts";

const why = whyNoGvisor();
if (why !== undefined) console.warn(`\n  *** gVisor is NOT tested in this run: ${why} ***\n`);

const stack = new AsyncDisposableStack();
const signal = () => AbortSignal.timeout(60_000);
let own: OwnEngine;
let engine: EngineClient;
let id: InstallationId;
let hanare: Installation;
let browser: Browser;
let viewer: Page;

const start = () =>
  startInstallation({
    config: {
      engine: { socket: own.socket },
      sessions: { runtime: "runsc", startSeconds: 60, pool: { min: 1, max: 1 } },
      files: { warmSandboxes: 0 },
    },
  });
const containerOf = (session: string) => sessionContainerName(id, session as SessionId);
const containers = async () => (await engine.list("session")).map((each) => each.session);

beforeAll(async () => {
  if (why !== undefined) return;
  own = stack.use(await OwnEngine.start({ images: [testImages().browser] }));
}, 240_000);
afterAll(() => stack.disposeAsync());

describe.skipIf(why !== undefined)("gVisor", () => {
  it("that is not registered stops the start: nothing else takes its place", async () => {
    await expect(start()).rejects.toMatchObject({
      code: "HOST_ISOLATION",
      context: { what: "runtime" },
    });
  });

  it("is registered by the set-up once, and the engine is not restarted for it", async () => {
    const { pid } = own;
    // Whom the set-up would send the signal.
    expect(await dockerdPid([own.pidFile])).toBe(pid);
    expect(await isRegistered(own.api, signal())).toBe(false);
    expect(await registerGvisor(own)).toBe(true);
    expect(await registerGvisor(own)).toBe(false);
    expect(own.pid).toBe(pid);
  });

  it("has a pool of its own, and a person sees the page of one that waited", async () => {
    const begun = performance.now();
    hanare = stack.use(await start());
    id = await loadInstallationId(hanare.dataDir);
    engine = createEngineClient(id, own.socket);
    browser = await startTerminal();
    stack.defer(() => browser.close());
    const portal = await firstSignIn(await newProfile(browser), hanare);
    await expect
      .poll(() => hanare.hanare.sessions.list().map(({ state }) => state), { timeout: 60_000 })
      .toEqual(["ready"]);
    console.log(`gVisor: in the pool after ${(performance.now() - begun).toFixed(0)} ms`);
    const asked = performance.now();
    viewer = await openInternet(portal);
    console.log(`gVisor: warm click to first picture ${(performance.now() - asked).toFixed(0)} ms`);
    expect(hanare.hanare.sessions.find(sessionIdOf(viewer) as SessionId)?.warm).toBe(true);
    await go(viewer, "砂箱の中");
    await expect
      .poll(() => viewer.locator("input[data-testid=address]").inputValue())
      .toContain("q=砂箱の中");
  }, 150_000);

  it("holds the browser by a sentry that is nobody on the host, within the limits asked for", async () => {
    const { HostConfig, State } = await engine.inspect(containerOf(sessionIdOf(viewer)));
    expect(HostConfig.Runtime).toBe("runsc");
    const { first, processes, interfaces, limits } = readKernelView(State.Pid);
    expect(first.commandLine).toMatch(/^runsc-sandbox /);
    expect(first.status.get("Uid")).toBe("65534\t65534\t65534\t65534");
    // What the browser does is served by the sentry: none of its processes is the host's.
    expect(processes.filter((each) => /chrom|node|Xvnc/.test(each.commandLine))).toEqual([]);
    expect(interfaces).toEqual(["lo"]);
    expect(limits).toEqual({ memoryBytes: 1536 * 1024 ** 2, pids: 512 });
    const kernel = await engine.exec(containerOf(sessionIdOf(viewer)), ["cat", "/proc/version"]);
    expect(kernel.stdout).toMatch(/^Linux version 4\.4\.0 /);
    const mib = (containerBytes(State.Pid) ?? 0) / 1024 ** 2;
    console.log(`gVisor: ${mib.toFixed(0)} MiB, ${processes.length} processes of the host`);
  });

  it("ends with its session, and leaves nothing", async () => {
    const session = sessionIdOf(viewer);
    const { State } = await engine.inspect(containerOf(session));
    await viewer.getByTestId("end-session").click();
    await viewer.getByTestId("ended").waitFor();
    await expect.poll(async () => (await containers()).includes(session)).toBe(false);
    expect(existsSync(`/proc/${State.Pid}`)).toBe(false);
  });

  it("is refused when another program is registered under its name", async () => {
    const { sessions } = hanare.hanare;
    await Promise.all(sessions.list().map((each) => sessions.end(each.id, "pool-retired")));
    await writeFile(
      own.configFile,
      JSON.stringify({ runtimes: { runsc: { path: "/usr/sbin/runc" } } }),
    );
    own.reload();
    const person = { id: "u2" as UserId, name: "jiro", groups: [] };
    await expect(sessions.open(person, { terminal: "192.0.2.1" }, signal())).rejects.toMatchObject({
      code: "ISOLATION_WEAKER",
      context: { flag: "sentry" },
    });
  });
});
