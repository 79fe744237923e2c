/**
 * How a click in the portal reaches the tab that it opens. That tab has no opener, because the browser lets
 * only such tabs be a page that it has prepared; so the click lies in storage for the moment between, and
 * becomes the name of the tab that takes it.
 */
import { type Click, isTabName, tabName } from "./opening.ts";

const storageKey = "hanare.click";
/** A tab that comes later was opened by somebody else. */
const validMs = 10_000;

/** False when the terminal's policy forbids storage. */
export function handOver(click: Click, now: number): boolean {
  try {
    localStorage.setItem(storageKey, `${now}/${tabName(click)}`);
    return true;
  } catch {
    return false;
  }
}

/** The click's tab name, once; null when none is waiting. */
export function takeHandedClick(now: number): string | null {
  try {
    const stored = localStorage.getItem(storageKey);
    localStorage.removeItem(storageKey);
    return stored === null ? null : handedClick(stored, now);
  } catch {
    return null;
  }
}

/** True while no tab has come for it: the browser keeps new tabs from opening. */
export function isWaiting(click: Click): boolean {
  try {
    return localStorage.getItem(storageKey)?.endsWith(`/${tabName(click)}`) === true;
  } catch {
    return false;
  }
}

export function handedClick(stored: string, now: number): string | null {
  const [, at, name = ""] = /^(\d{1,16})\/(.*)$/s.exec(stored) ?? [];
  const age = now - Number(at);
  return age >= 0 && age < validMs && isTabName(name) ? name : null;
}
