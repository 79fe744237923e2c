/**
 * The list snapshots that a policy refers to, opened before the policy is put in force. One that is
 * missing or damaged refuses the whole configuration: the one in force stays.
 */
import type { CompiledPolicy } from "../policies/compiled.ts";
import type { ListIndex } from "../policies/index/list-index.ts";
import { openIndex } from "../policies/index/open.ts";
import type { ListIndexes } from "../policies/match.ts";

export class ListFiles {
  #open: ListIndexes = new Map();

  /** Keeps what is open already; forgets what the policy no longer needs. */
  async of(policy: CompiledPolicy, folder: string | undefined): Promise<ListIndexes> {
    const wanted = new Map<string, ListIndex>();
    for (const { index } of policy.lists) {
      if (!index) continue;
      if (folder === undefined) throw new Error("no folder of list snapshots was named");
      const { sha256 } = index;
      wanted.set(sha256, this.#open.get(sha256) ?? (await openIndex(folder, sha256)));
    }
    this.#open = wanted;
    return wanted;
  }
}
