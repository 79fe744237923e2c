/** The processes of the bench: origin, client and Hanare as children with a channel; what a process has used. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompiledPolicy } from "../../../policies/compiled.ts";
import type { Figures, Order } from "./client.ts";

const here = import.meta.dirname;

export function start(file: string, args: readonly string[] = [], execArgv: string[] = []) {
  return fork(join(here, file), [...args], {
    execArgv: ["--disable-warning=ExperimentalWarning", ...execArgv],
    serialization: "json",
  });
}

export async function startOrigin(): Promise<{ child: ChildProcess; port: number }> {
  const child = start("origin.ts");
  const [message] = (await once(child, "message")) as [{ port: number }];
  return { child, port: message.port };
}

export async function ask(client: ChildProcess, order: Order): Promise<Figures> {
  client.send(order);
  const [figures] = (await once(client, "message")) as [Figures];
  return figures;
}

export async function configureHanare(
  child: ChildProcess,
  policy: CompiledPolicy,
  dnsServers: readonly string[],
): Promise<void> {
  const configured = new Promise<void>((resolve) => {
    const look = (message: { type: string }) => {
      if (message.type !== "configured") return;
      child.off("message", look);
      resolve();
    };
    child.on("message", look);
  });
  child.send({ type: "configure", policy, dnsServers, internalOrigins: [] });
  await configured;
}

const ticksPerSecond = 100;

export interface CpuSeconds {
  readonly total: number;
  /** In system calls, where both proxies do much the same. */
  readonly kernel: number;
}

/** Of processor time so far, all threads. */
export function cpuSeconds(pid: number): CpuSeconds {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const kernel = Number(fields[12]) / ticksPerSecond;
  return { total: Number(fields[11]) / ticksPerSecond + kernel, kernel };
}

export function residentMb(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN) / 1024;
}

export function openFilesLimit(pid: number): number {
  const text = readFileSync(`/proc/${pid}/limits`, "latin1");
  return Number(/Max open files\s+(\d+)/.exec(text)?.[1] ?? 1024);
}
