/** Whether the scanner answers, and with which signatures. */
import { isOfficial, isTooOld, parseBuildTime } from "../../signatures/database-file.ts";
import { deadline } from "../../base/deadline.ts";
import { describeError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { DatabaseFacts, ScanDoor } from "./scan.ts";

const statusMs = 3000;

export interface ScannerStatus {
  readonly available: boolean;
  readonly version: string | undefined;
  readonly databases: DatabaseFacts;
  /** No official signatures are loaded: only what ships with Hanare. */
  readonly shippedOnly: boolean;
  readonly signatures: number;
  /** When the newest official set was made; undefined without one. */
  readonly builtAt: Date | undefined;
  /** That is longer ago than official sets may be. */
  readonly isOld: boolean;
}

/** The newest time at which one of the official databases was made. */
export function newestBuild(databases: DatabaseFacts): Date | undefined {
  const times = databases
    .filter(({ name, shipped }) => !shipped && isOfficial(name))
    .map(({ builtAt }) => parseBuildTime(builtAt)?.getTime())
    .filter((time) => time !== undefined);
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}

export async function scannerStatus(scanner: ScanDoor, log: Log): Promise<ScannerStatus> {
  const limit = deadline(statusMs, "scanner status");
  try {
    const version = await scanner.version(limit);
    const databases = await scanner.databases(limit);
    const signatures = databases.reduce((sum, each) => sum + each.signatures, 0);
    const builtAt = newestBuild(databases);
    const isOld = builtAt !== undefined && isTooOld(builtAt, Date.now());
    if (isOld) log.warn({ event: "signatures-old", builtAt: builtAt.toISOString() });
    return {
      available: true,
      version,
      databases,
      signatures,
      // Own patterns beside the test set are no protection from what is out there, either.
      shippedOnly: !databases.some(({ name, shipped }) => !shipped && isOfficial(name)),
      builtAt,
      isOld,
    };
  } catch (error) {
    log.warn({ event: "scanner-status", reason: describeError(error) });
    return {
      available: false,
      version: undefined,
      databases: [],
      signatures: 0,
      shippedOnly: true,
      builtAt: undefined,
      isOld: false,
    };
  }
}

const knownForMs = 60_000;

/** Asked for every verdict, asked of the scanner once a minute. */
export class KnownScanner {
  readonly #ask: () => Promise<ScannerStatus>;
  #asked: Promise<ScannerStatus> | undefined;
  #askedAtMs = 0;

  constructor(ask: () => Promise<ScannerStatus>) {
    this.#ask = ask;
  }

  async status(): Promise<ScannerStatus> {
    const now = performance.now();
    if (this.#asked === undefined || now - this.#askedAtMs > knownForMs) {
      this.#askedAtMs = now;
      this.#asked = this.#ask();
    }
    const status = await this.#asked;
    // One that did not answer is asked again by the next.
    if (!status.available) this.#asked = undefined;
    return status;
  }
}
