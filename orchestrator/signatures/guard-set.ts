/**
 * Sees a new set through: it is in force once the scanner answers with it. When the scanner does not come up with it,
 * the set before comes back, so that files are not held for a set that only looked good. Both are on record.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { AuditLog } from "../audit/events.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { listDatabases, type SignatureStore } from "./signature-store.ts";

export interface GuardParts {
  readonly store: SignatureStore;
  /** What the scanner says it was given; undefined while it does not answer. */
  readonly scanner: () => Promise<
    readonly { readonly name: string; readonly version: number }[] | undefined
  >;
  readonly audit: AuditLog;
  readonly log: Log;
  /** How long a scanner may take to load. */
  readonly loadMs: number;
}

const betweenMs = 2000;
/** The scanner's list has so many names at most. */
const listed = 16;

/** Returns what ends it. */
export function guardSets(parts: GuardParts): AsyncDisposable {
  const { store, log } = parts;
  const stop = new AbortController();
  let turn = 0;
  let running: Promise<unknown> = Promise.resolve();
  const unwatch = store.onChange(() => {
    turn += 1;
    const mine = turn;
    const isOver = () => stop.signal.aborted || mine !== turn;
    running = seeThrough(parts, isOver, stop.signal).catch((error: unknown) =>
      log.error({ event: "signatures-guard", reason: describeError(error) }),
    );
  });
  return {
    async [Symbol.asyncDispose]() {
      unwatch();
      stop.abort();
      await running;
    },
  };
}

async function seeThrough(
  parts: GuardParts,
  isOver: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { store, audit, log, loadMs } = parts;
  const dir = await store.current();
  if (dir === undefined) return;
  const databases = await listDatabases(dir);
  const wanted = databases
    .slice(0, listed)
    .map(({ name, header }) => ({ name, version: header?.version ?? 0 }));
  const names = wanted
    .map(({ name, version }) => (version > 0 ? `${name}:${version}` : name))
    .join(" ");
  const record = (outcome: "failure" | "success", reason: string): void => {
    audit.write({
      action: "signatures",
      outcome,
      reason,
      details: { databases: names.slice(0, 4096) },
    });
    log[outcome === "success" ? "info" : "error"]({ event: "signatures", outcome, reason, names });
  };
  const until = performance.now() + loadMs;
  do {
    await sleep(betweenMs, undefined, { signal }).catch(() => undefined);
    if (isOver()) return;
    const loaded = await parts.scanner().catch(() => undefined);
    const has = ({ name, version }: { name: string; version: number }) =>
      loaded?.some((each) => each.name === name && each.version === version) === true;
    if (wanted.every(has)) {
      record("success", "in-force");
      return;
    }
  } while (performance.now() < until);
  if (isOver()) return;
  const back = await store.withdraw();
  record("failure", back === undefined ? "withdrawn" : "rolled-back");
}
