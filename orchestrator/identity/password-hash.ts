/**
 * Argon2id for passwords: parameters, a bound on how many are computed at once, and the comparison that
 * costs the same for names that do not exist. Passwords never leave this file in any other form.
 */
import { hash, verify } from "@node-rs/argon2";
import { AppError } from "../base/errors.ts";

export interface HashParameters {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/**
 * RFC 9106 §4, second recommended option (64 MiB, 3 passes), with one lane in place of four: sign-ins run
 * side by side on the server, and OWASP's Password Storage Cheat Sheet, whose heaviest set is 46 MiB with
 * one pass, also uses one lane.
 */
export const standardHashing: HashParameters = { memoryKib: 64 * 1024, passes: 3, lanes: 1 };

/** Two at once bound memory to 128 MiB and leave threads of the pool to file work. */
const atOnce = 2;
/** Longer queues would answer after the terminal gave up; such a sign-in is refused instead. */
const mostWaiting = 200;

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** `stored` undefined: the name is unknown; the work is done all the same and the answer is false. */
  matches(stored: string | undefined, password: string): Promise<boolean>;
}

export function createPasswordHasher(parameters: HashParameters = standardHashing): PasswordHasher {
  const slots = new Slots();
  const options = {
    memoryCost: parameters.memoryKib,
    timeCost: parameters.passes,
    parallelism: parameters.lanes,
  };
  // The library's default algorithm is Argon2id; its enum is a const enum and cannot be imported here.
  const make = (password: string) => slots.run(() => hash(password.normalize("NFC"), options));
  let decoy: Promise<string> | undefined;
  return {
    hash: make,
    async matches(stored, password) {
      decoy ??= make("nobody has this password");
      const against = stored ?? (await decoy);
      const equal = await slots.run(() => verify(against, password.normalize("NFC")));
      return stored !== undefined && equal;
    },
  };
}

class Slots {
  #free = atOnce;
  readonly #waiting: (() => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= mostWaiting)
      throw new AppError("SIGN_IN_THROTTLED", { reason: "queue-full", retryAfterSeconds: 10 });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
