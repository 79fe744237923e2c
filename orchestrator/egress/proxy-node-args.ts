/**
 * How Node is started for a process that carries traffic. Almost all that it allocates is dead within
 * milliseconds: a young generation that is large from the start is collected seldom and finds little alive,
 * and the thread that made the garbage clears it away for less than several threads that wake for it.
 */
const youngMb = 32;

export const proxyNodeArgs: readonly string[] = [
  `--min-semi-space-size=${youngMb}`,
  `--max-semi-space-size=${youngMb}`,
  "--no-parallel-scavenge",
];
