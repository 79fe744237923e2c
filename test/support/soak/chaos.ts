/**
 * Kills without warning, at seeded random moments: the orchestrator (and starts it again), its proxy, and
 * inside session containers the agent, the browser, or everything. Always by kernel process id and SIGKILL.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { processToken } from "../../../orchestrator/base/process-token.ts";
import type { EngineClient } from "../../../orchestrator/engine/client.ts";
import { ServedHanare } from "../served.ts";
import type { Random } from "./random.ts";

const run = promisify(execFile);

export const victims = ["orchestrator", "proxy", "agent", "browser", "container"] as const;
export type Victim = (typeof victims)[number];

/** Everything starts anew with the orchestrator: it dies less often than what it outlives. */
const weighted: readonly Victim[] = [
  ...victims.filter((each) => each !== "orchestrator"),
  ...victims,
];

export interface ChaosOptions {
  readonly dataDir: string;
  readonly engine: EngineClient;
  readonly random: Random;
  /** Pause between two kills, shortest and longest. */
  readonly pauseMs: readonly [number, number];
}

export class Chaos {
  readonly kills: Record<Victim, number> = {
    orchestrator: 0,
    proxy: 0,
    agent: 0,
    browser: 0,
    container: 0,
  };
  /** From the kill to the portal listening again. */
  readonly outagesMs: number[] = [];
  /** Sessions whose container or a process in it was killed here. */
  readonly struck = new Set<string>();
  /** Every child that an orchestrator of this run had when it was looked at. */
  readonly children = new Set<string>();
  readonly #o: ChaosOptions;
  #hanare: ServedHanare;

  constructor(options: ChaosOptions, hanare: ServedHanare) {
    this.#o = options;
    this.#hanare = hanare;
  }

  get hanare(): ServedHanare {
    return this.#hanare;
  }

  /** Until the signal aborts; the orchestrator runs when it resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, pauseMs } = this.#o;
    // Everyone once, in turn, before chance decides: a short run meets all of them.
    const queue: Victim[] = [...victims];
    while (!signal.aborted) {
      await wait(random.between(...pauseMs), undefined, { signal }).catch(() => undefined);
      if (isAborted(signal)) return;
      await this.#strike(queue.shift() ?? random.pick(weighted) ?? "orchestrator");
    }
  }

  async noteChildren(): Promise<void> {
    for (const pid of await this.#hanare.children()) this.children.add(processToken(pid));
  }

  async #strike(victim: Victim): Promise<void> {
    await this.noteChildren();
    switch (victim) {
      case "orchestrator":
        return this.#orchestrator();
      case "proxy":
        return this.#proxy();
      case "agent":
      case "browser":
      case "container":
        return this.#inside(victim);
    }
  }

  async #orchestrator(): Promise<void> {
    const startedAt = performance.now();
    await this.#hanare.kill();
    this.kills.orchestrator += 1;
    await wait(this.#o.random.between(0, 500));
    this.#hanare = await ServedHanare.start(this.#o.dataDir);
    this.outagesMs.push(performance.now() - startedAt);
    await this.noteChildren();
  }

  async #proxy(): Promise<void> {
    for (const pid of await this.#hanare.children()) {
      if (!(await commandOf(pid)).includes("proxy/main.ts")) continue;
      if (kill(pid)) this.kills.proxy += 1;
    }
  }

  async #inside(victim: "agent" | "browser" | "container"): Promise<void> {
    const running = (await this.#o.engine.list("session")).filter((each) => each.running);
    const chosen = this.#o.random.pick(running);
    if (chosen?.session === undefined) return;
    const pid = (await processesOf(chosen.name)).find(({ command }) =>
      isVictim(victim, command),
    )?.pid;
    // It went by itself meanwhile, or was not so far yet.
    if (pid === undefined) return;
    this.struck.add(chosen.session);
    if (kill(pid)) this.kills[victim] += 1;
  }
}

function isVictim(victim: "agent" | "browser" | "container", command: string): boolean {
  switch (victim) {
    case "agent":
      return command.startsWith("/usr/local/bin/node");
    case "browser":
      return command.startsWith("/usr/lib/chromium/chromium") && !command.includes("--type=");
    case "container":
      return command.includes("docker-init");
  }
}

async function processesOf(container: string): Promise<{ pid: number; command: string }[]> {
  try {
    const { stdout } = await run("docker", ["top", container, "-eo", "pid,args"]);
    return stdout
      .split("\n")
      .slice(1)
      .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
      .flatMap((found) => (found ? [{ pid: Number(found[1]), command: found[2] ?? "" }] : []));
  } catch {
    // The container ended between the list and this question.
    return [];
  }
}

const commandOf = (pid: number): Promise<string> =>
  readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");

/** False when it was gone already. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
