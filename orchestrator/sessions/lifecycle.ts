/**
 * Which step of a session's life may follow which: the only place that knows. Pure.
 *
 *   creating → ready → active → closing → deleted
 *   creating and ready may go straight to closing; closing that cannot finish becomes stuck, and stuck
 *   is closed again by reconcile or by a person.
 */
import { AppError } from "../base/errors.ts";
import type { SessionState } from "./types.ts";

const next: Readonly<Record<SessionState, readonly SessionState[]>> = {
  creating: ["ready", "closing"],
  ready: ["active", "closing"],
  active: ["closing"],
  closing: ["deleted", "stuck"],
  stuck: ["closing"],
  deleted: [],
};

export function mayFollow(from: SessionState, to: SessionState): boolean {
  return next[from].includes(to);
}

/** Throws ILLEGAL_TRANSITION, naming both states. */
export function assertMayFollow(from: SessionState, to: SessionState): void {
  if (!mayFollow(from, to)) throw new AppError("ILLEGAL_TRANSITION", { from, to });
}
