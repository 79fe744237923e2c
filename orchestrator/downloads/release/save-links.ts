/**
 * One-time links to files that may leave: each opens once, within a minute, for the person it was made for. They live
 * in memory: after a restart the person asks for another. What a link opens is decided when it is opened.
 */
import { randomBytes } from "node:crypto";
import { AppError } from "../../base/errors.ts";
import type { UserId } from "../../base/ids.ts";
import type { OpenFile, ReleasedFile, SaveLink, SaveLinkService } from "../types.ts";

interface Waiting extends Pick<SaveLink, "until"> {
  readonly ownerId: UserId;
  readonly open: OpenFile;
}

/** From the press of a button to the request it leads to; a terminal under load takes seconds. */
const validMs = 60_000;
/** Of one person. A page makes one at a time. */
const mostPerPerson = 50;
const tokenBytes = 32;

export class SaveLinks implements SaveLinkService {
  /** In the order they were made, which is the order they end in. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  make(ownerId: UserId, open: OpenFile): SaveLink {
    this.#forgetOver();
    const own = [...this.#waiting].filter(([, each]) => each.ownerId === ownerId);
    for (const [token] of own.slice(0, Math.max(own.length + 1 - mostPerPerson, 0)))
      this.#waiting.delete(token);
    const token = randomBytes(tokenBytes).toString("base64url");
    const until = this.#now() + validMs;
    this.#waiting.set(token, { ownerId, open, until });
    return { token, until };
  }

  /** Somebody else's is answered like one that never was, and stays as it is. */
  async open(ownerId: UserId, untrustedToken: string, terminal: string): Promise<ReleasedFile> {
    this.#forgetOver();
    const found = this.#waiting.get(untrustedToken);
    if (found?.ownerId !== ownerId) throw new AppError("SAVE_LINK_OVER");
    this.#waiting.delete(untrustedToken);
    return await found.open(terminal);
  }

  #forgetOver(): void {
    const nowMs = this.#now();
    for (const [token, { until }] of this.#waiting) if (until <= nowMs) this.#waiting.delete(token);
  }
}
