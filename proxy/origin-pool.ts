/**
 * Idle connections to origins of one session. Never shared between sessions: what one person's origin
 * thinks of a connection must not reach another person. A pooled connection is taken only for the same
 * host and port and only if its address is among those that were tested for this very request.
 */
import type { OriginConnection } from "./origin-connection.ts";

const maxIdle = 64;
/** Below what common servers allow (5 s and more), so that a request seldom meets a closing connection. */
const maxIdleMs = 4_000;

export class OriginPool {
  readonly #idle = new Map<string, OriginConnection[]>();
  #size = 0;

  take(key: string, tested: readonly string[]): OriginConnection | undefined {
    const idle = this.#idle.get(key);
    // The newest is the least likely to be closing.
    for (let origin = idle?.pop(); origin; origin = idle?.pop()) {
      this.#size -= 1;
      if (origin.isUsable && tested.includes(origin.address)) return origin;
      origin.destroy();
    }
    return undefined;
  }

  give(key: string, origin: OriginConnection): void {
    origin.release();
    if (!origin.isUsable || this.#size >= maxIdle) {
      origin.destroy();
      return;
    }
    origin.idleSince = performance.now();
    const idle = this.#idle.get(key);
    if (idle) idle.push(origin);
    else this.#idle.set(key, [origin]);
    this.#size += 1;
  }

  sweep(now: number): void {
    for (const [key, idle] of this.#idle) {
      const kept = idle.filter((origin) => {
        if (origin.isUsable && now - origin.idleSince < maxIdleMs) return true;
        origin.destroy();
        return false;
      });
      this.#size -= idle.length - kept.length;
      if (kept.length > 0) this.#idle.set(key, kept);
      else this.#idle.delete(key);
    }
  }

  close(): void {
    for (const origin of [...this.#idle.values()].flat()) origin.destroy();
    this.#idle.clear();
    this.#size = 0;
  }
}
