/**
 * How Node is started for a process that carries traffic. Almost all that it allocates is dead within
 * milliseconds: the thread that made the garbage clears it away for less than several threads that wake for it.
 */
export const proxyNodeArgs: readonly string[] = ["--no-parallel-scavenge"];
