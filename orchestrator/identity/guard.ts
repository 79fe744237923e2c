/**
 * Which attempts at a secret are heard. A failure counts against the account at that terminal, against the
 * terminal, and, far more patiently, against the account everywhere: nobody can lock somebody else out by
 * failing from another terminal. A browser in which the person has signed in before has a count of its own
 * and is untouched by all others (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
 */
import type { Throttle } from "./throttle.ts";

export interface Attempt {
  /** Normalised name, or another word for whose secret it is. */
  readonly account: string;
  readonly terminal: string;
  /** Set when this browser is known to be the account's. */
  readonly device?: string | undefined;
}

export type PausedBy = "account" | "account-everywhere" | "device" | "terminal";

/** One address can be many people's (thin clients, a shared desk). */
const terminalPatience = 4;
/** Guesses from many terminals at once; known browsers go on. */
const everywherePatience = 10;

interface Count {
  readonly by: PausedBy;
  readonly key: string;
  readonly patience: number;
}

export class Guard {
  readonly #throttle: Throttle;

  constructor(throttle: Throttle) {
    this.#throttle = throttle;
  }

  /** Undefined: the attempt is heard. */
  paused(
    attempt: Attempt,
  ): { readonly by: PausedBy; readonly retryAfterSeconds: number } | undefined {
    for (const { by, key, patience } of countsOf(attempt)) {
      const retryAfterSeconds = this.#throttle.secondsLeft(key, patience);
      if (retryAfterSeconds > 0) return { by, retryAfterSeconds };
    }
    return undefined;
  }

  failed(attempt: Attempt): void {
    for (const { key } of countsOf(attempt)) this.#throttle.fail(key);
  }

  /** The terminal's count stays: signing in as oneself must not buy more guesses at other people. */
  succeeded(attempt: Attempt): void {
    for (const { by, key } of countsOf(attempt)) if (by !== "terminal") this.#throttle.forget(key);
  }

  /** Whose attempts must not overlap. The same order everywhere, so that no two wait for each other. */
  lanes(attempt: Attempt): readonly string[] {
    return countsOf(attempt).map(({ key }) => key);
  }
}

function countsOf({ account, terminal, device }: Attempt): readonly Count[] {
  if (device !== undefined)
    return [{ by: "device", key: `device ${device} ${account}`, patience: 1 }];
  return [
    { by: "terminal", key: `terminal ${terminal}`, patience: terminalPatience },
    { by: "account-everywhere", key: `account ${account}`, patience: everywherePatience },
    { by: "account", key: `account ${account} at ${terminal}`, patience: 1 },
  ];
}
