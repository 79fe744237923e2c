/**
 * Takes configurations one after the other, with the list snapshots they name, and says how each went. One
 * that cannot be had leaves the former one in force; reading a big list takes a moment, in which that goes on.
 */
import { describeError } from "../orchestrator/base/errors.ts";
import { Mutex } from "../orchestrator/base/mutex.ts";
import type { ListIndexes } from "../policies/match.ts";
import type { Configure, FromProxy } from "./ipc.ts";
import { ListFiles } from "./list-files.ts";

export interface Configurable {
  configure(message: Configure, lists: ListIndexes): void;
}

export function configurer(
  plane: Configurable,
  send: (message: Extract<FromProxy, { type: "configured" }>) => void,
): (message: Configure) => Promise<void> {
  const turns = new Mutex();
  const files = new ListFiles();
  const configure = async (message: Configure) => {
    const policyVersion = message.policy.version;
    try {
      plane.configure(message, await files.of(message.policy, message.listFolder));
      send({ type: "configured", policyVersion });
    } catch (error) {
      const reason = describeError(error).slice(0, 300);
      send({ type: "configured", policyVersion, error: reason });
    }
  };
  return (message) => turns.run(() => configure(message));
}
