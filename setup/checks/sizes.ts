/** How much room Hanare needs, and how sizes are written. Pure. */
export const gib = 1024 ** 3;

/** Four images with their bases and build layers take about 7 GB; the rest is room to breathe. */
export const engineNeedBytes = 8 * gib;
/** What must stay free once the images exist: containers write to tmpfs, upgrades build beside the old. */
export const engineKeepBytes = 2 * gib;
/** Database, logs, and quarantine of a few sessions. */
export const dataNeedBytes = 2 * gib;
/** One session, one sandbox, clamd's signatures and the orchestrator. */
export const memoryNeedBytes = 3 * gib;

export const size = (bytes: number): string =>
  bytes >= gib ? `${(bytes / gib).toFixed(1)} GB` : `${Math.round(bytes / 1024 ** 2)} MB`;
