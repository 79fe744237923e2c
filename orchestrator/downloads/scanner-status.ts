/** Whether the scanner answers, and with which signatures. */
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { DatabaseFacts, ScanDoor } from "./scan.ts";

const statusMs = 3000;

export interface ScannerStatus {
  readonly available: boolean;
  readonly version: string | undefined;
  readonly databases: DatabaseFacts;
  /** No official signatures are loaded: only what ships with Hanare. */
  readonly shippedOnly: boolean;
  readonly signatures: number;
}

export async function scannerStatus(scanner: ScanDoor, log: Log): Promise<ScannerStatus> {
  const limit = deadline(statusMs, "scanner status");
  try {
    const version = await scanner.version(limit);
    const databases = await scanner.databases(limit);
    const signatures = databases.reduce((sum, each) => sum + each.signatures, 0);
    return {
      available: true,
      version,
      databases,
      signatures,
      shippedOnly: databases.every((each) => each.shipped),
    };
  } catch (error) {
    log.warn({ event: "scanner-status", reason: describeError(error) });
    return {
      available: false,
      version: undefined,
      databases: [],
      signatures: 0,
      shippedOnly: true,
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
