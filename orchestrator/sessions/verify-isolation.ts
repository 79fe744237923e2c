/**
 * Proof from outside that a session container is held as asked, before anybody may have it: what the
 * engine applied right after the start, beside the browser's own start; what the kernel enforces, and
 * Chromium's sandbox, when the browser says that it is ready. What cannot be read counts as weaker.
 */
import { setTimeout as wait } from "node:timers/promises";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import type { ContainerSpec, EngineClient } from "../engine/client.ts";
import { type KernelView, readKernelView } from "../engine/kernel-view.ts";
import { weakerThanAsked } from "../engine/verify-applied.ts";
import {
  type KernelWants,
  weakerBrowserSandbox,
  weakerThanKernelWants,
} from "../engine/verify-kernel.ts";
import { refuseWeaker } from "../engine/weakness.ts";

const sandboxBuildMs = 3000;
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
  firstPid: number,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + sandboxBuildMs;
  for (;;) {
    const view = readOrRefuse(firstPid);
    refuseWeaker(weakerThanKernelWants(view, kernelWants(spec)));
    const browser = weakerBrowserSandbox(view);
    if (browser.length === 0) return;
    if (performance.now() > until) refuseWeaker(browser);
    await wait(lookAgainMs, undefined, { signal });
  }
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
