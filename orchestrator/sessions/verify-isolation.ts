/**
 * Proof from outside that a session container is held as asked, before anybody may have it: what the
 * engine applied right after the start, beside the browser's own start; what the kernel enforces, and
 * Chromium's sandbox, when the browser says that it is ready. What cannot be read counts as weaker.
 */
import { setTimeout as wait } from "node:timers/promises";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import type { ContainerSpec, EngineClient } from "../engine/client.ts";
import { hearsayCommand, parseHearsay, weakerByHearsay } from "../engine/gvisor-hearsay.ts";
import { type KernelView, readKernelView } from "../engine/kernel-view.ts";
import { weakerThanAsked } from "../engine/verify-applied.ts";
import { type GvisorWants, weakerThanGvisorWants } from "../engine/verify-gvisor.ts";
import {
  type KernelWants,
  weakerBrowserSandbox,
  weakerThanKernelWants,
} from "../engine/verify-kernel.ts";
import { refuseWeaker, type Weakness } from "../engine/weakness.ts";

/** Milliseconds on an idle machine; its code may have to come from a busy disk. */
const sandboxBuildMs = 10_000;
const lookAgainMs = 20;

/** Returns the host's pid of the container's first process. Throws ISOLATION_WEAKER. */
export async function verifyApplied(engine: EngineClient, spec: ContainerSpec): Promise<number> {
  const applied = await engine.inspect(spec.name);
  refuseWeaker(weakerThanAsked(spec, applied));
  return applied.State.Pid;
}

/**
 * Call it when the browser is ready and before anybody has used it. A renderer that was started a moment
 * ago has not built its sandbox yet and the kernel sends no event when it has, so that part is looked at
 * again for a while; all else must hold at once. Throws ISOLATION_WEAKER.
 */
export async function verifyKernel(
  engine: Pick<EngineClient, "exec">,
  firstPid: number,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<void> {
  if (spec.HostConfig?.Runtime === "runsc") return verifyGvisor(engine, firstPid, spec, signal);
  await untilSandboxed(() => {
    const view = readOrRefuse(firstPid);
    refuseWeaker(weakerThanKernelWants(view, kernelWants(spec)));
    return Promise.resolve(weakerBrowserSandbox(view));
  }, signal);
}

/**
 * Proves a container that somebody uses already, for a process that takes it over. What is in it may be
 * hostile by now: only what engine and kernel say counts, and whoever fakes a browser without its sandbox
 * ends their own session. A container made from another configuration than today's is held to its own
 * limits, and to the walls, which never change. Throws ISOLATION_WEAKER.
 */
export async function verifyInUse(
  engine: EngineClient,
  spec: ContainerSpec,
  isOfToday: boolean,
  signal: AbortSignal,
): Promise<void> {
  const applied = await engine.inspect(spec.name);
  if (isOfToday) refuseWeaker(weakerThanAsked(spec, applied));
  const { HostConfig, State } = applied;
  if (HostConfig.Runtime === "runsc") {
    const wants = { memoryBytes: HostConfig.Memory, pids: HostConfig.PidsLimit ?? 0 };
    refuseWeaker(weakerThanGvisorWants(readOrRefuse(State.Pid), wants));
    return;
  }
  const wants = { ...kernelWants(spec), writable: Object.keys(HostConfig.Tmpfs ?? {}) };
  await untilSandboxed(() => {
    const view = readOrRefuse(State.Pid);
    refuseWeaker(weakerThanKernelWants(view, wants));
    // Its last page may have crashed: no renderer is no weaker one.
    return Promise.resolve(weakerBrowserSandbox(view).filter(({ flag }) => flag !== "renderers"));
  }, signal);
}

/** The sentry is proven from outside; the browser behind it is asked about, and only a bad answer counts. */
async function verifyGvisor(
  engine: Pick<EngineClient, "exec">,
  firstPid: number,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<void> {
  refuseWeaker(weakerThanGvisorWants(readOrRefuse(firstPid), gvisorWants(spec)));
  await untilSandboxed(async () => {
    const { stdout } = await engine.exec(spec.name, hearsayCommand, spec.User);
    return weakerByHearsay(parseHearsay(stdout));
  }, signal);
}

async function untilSandboxed(
  look: () => Promise<readonly Weakness[]>,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + sandboxBuildMs;
  for (;;) {
    const browser = await look();
    if (browser.length === 0) return;
    if (performance.now() > until) refuseWeaker(browser);
    await wait(lookAgainMs, undefined, { signal });
  }
}

export function gvisorWants({ HostConfig }: ContainerSpec): GvisorWants {
  return { memoryBytes: HostConfig?.Memory ?? 0, pids: HostConfig?.PidsLimit ?? 0 };
}

export function kernelWants(spec: ContainerSpec): KernelWants {
  return {
    uid: Number.parseInt(spec.User ?? "", 10),
    writable: Object.keys(spec.HostConfig?.Tmpfs ?? {}),
  };
}

function readOrRefuse(firstPid: number): KernelView {
  try {
    return readKernelView(firstPid);
  } catch (error) {
    if (isAppError(error)) throw error;
    const found = describeError(error).slice(0, 200);
    throw new AppError(
      "ISOLATION_WEAKER",
      { flags: "proc", flag: "proc", wanted: "readable", found },
      error,
    );
  }
}
