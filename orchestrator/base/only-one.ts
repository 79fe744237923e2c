/**
 * One orchestrator per installation. Two would each take the other's sessions for leftovers. The claim is an
 * address in the kernel's abstract namespace: taken in one step, and free again the moment its process is
 * gone, however it went. Containers cannot see it: the namespace is the host's own.
 */
import { createServer } from "node:net";
import { AppError } from "./errors.ts";
import type { InstallationId } from "./ids.ts";

/** Throws ALREADY_RUNNING. */
export async function claimInstallation(installation: InstallationId): Promise<AsyncDisposable> {
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once("error", reject);
  server.listen(`\0hanare/${installation}`, () => resolve(undefined));
  try {
    await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new AppError("ALREADY_RUNNING", { installation }, error);
  }
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((closed) => server.close(closed));
    },
  };
}
