/** One way in which a container is held less tightly than asked. Shapes and their error only. Pure. */
import { AppError } from "../base/errors.ts";

export interface Weakness {
  /** Name of the flag as hardening.ts, the engine or the kernel writes it. */
  readonly flag: string;
  readonly wanted: string;
  readonly found: string;
}

/** Throws ISOLATION_WEAKER, naming every flag and the values of the first. */
export function refuseWeaker(weaknesses: readonly Weakness[]): void {
  const [first] = weaknesses;
  if (!first) return;
  const flags = [...new Set(weaknesses.map((each) => each.flag))].join(", ");
  throw new AppError("ISOLATION_WEAKER", { flags: flags.slice(0, 500), ...first });
}
