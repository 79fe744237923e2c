/** Names of the containers this feature makes: whose they are can be read off them. Pure but for the random part. */
import { randomBytes } from "node:crypto";
import type { InstallationId } from "../../base/ids.ts";
import type { EngineClient } from "../../engine/client.ts";
import { isProcessAlive, processTokenPattern, processToken } from "../../base/process-token.ts";

export type FileRole = "clamd" | "office" | "sandbox";

export const containerName = (installation: InstallationId, role: FileRole): string =>
  `hanare-${installation}-${role}-${processToken()}-${randomBytes(6).toString("hex")}`;

function ownerOf(name: string): string | undefined {
  return new RegExp(`-(${processTokenPattern.source})-[0-9a-f]{12}$`).exec(name)?.[1];
}

/** Removes containers of these roles that no living process owns. Returns how many. */
export async function reapContainers(
  engine: EngineClient,
  mine: ReadonlySet<string>,
): Promise<number> {
  let reaped = 0;
  for (const role of ["sandbox", "office", "clamd"] as const) {
    for (const { name } of await engine.list(role)) {
      const owner = ownerOf(name);
      const inUse =
        owner === processToken() ? mine.has(name) : owner !== undefined && isProcessAlive(owner);
      if (inUse) continue;
      await engine.remove(name);
      reaped += 1;
    }
  }
  return reaped;
}
