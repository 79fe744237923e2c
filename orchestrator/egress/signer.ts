/**
 * Runs the signer and knows its authorities. Every certificate it signs is a line in the log; for the
 * authority that terminals trust it is a record in the audit log as well.
 */
import { join } from "node:path";
import { type AuthorityKind, type FromSigner, fromSigner } from "../../proxy/signer/ipc.ts";
import type { AuditLog } from "../audit/events.ts";
import { waitFor } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import { KeptProcess } from "./kept-process.ts";

const entry = join(import.meta.dirname, "..", "..", "proxy", "signer", "main.ts");

export interface SignerOptions {
  readonly log: Log;
  readonly audit: AuditLog;
  readonly uid: number;
  readonly keysDir: string;
  readonly sockets: readonly {
    readonly kind: AuthorityKind;
    readonly path: string;
    /** Group of the one proxy that may ask. */
    readonly gid?: number;
  }[];
  readonly excluded: readonly string[];
}

export class Signer implements AsyncDisposable {
  readonly #process: KeptProcess<FromSigner>;
  readonly #ready = Promise.withResolvers<ReadonlyMap<AuthorityKind, string>>();

  constructor({ log, audit, ...settings }: SignerOptions) {
    this.#process = new KeptProcess({
      name: "signer",
      entry,
      args: [JSON.stringify({ ...settings, uid: String(settings.uid) })],
      log,
      messages: fromSigner,
      onMessage: (message) => {
        switch (message.type) {
          case "ready":
            for (const { kind, notAfter } of message.authorities) {
              const isOver = Date.parse(notAfter) < Date.now();
              log[isOver ? "error" : "info"]({
                event: "signer-authority",
                outcome: isOver ? "failure" : "success",
                kind,
                notAfter,
                ...(isOver && { reason: "expired" }),
              });
            }
            this.#ready.resolve(
              new Map(message.authorities.map(({ kind, certificate }) => [kind, certificate])),
            );
            return;
          case "minted":
            log.info({ event: "certificate-mint", outcome: "success", ...message });
            if (message.kind === "terminal")
              audit.write({
                action: "certificate-mint",
                outcome: "success",
                target: message.host,
                details: { serial: message.serial },
              });
            return;
          case "refused":
            log.warn({ event: "certificate-mint", outcome: "refused", ...message });
            return;
        }
      },
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Certificates (PEM) of the authorities, once the signer has started. Throws DEADLINE_EXCEEDED. */
  authorities(signal: AbortSignal): Promise<ReadonlyMap<AuthorityKind, string>> {
    return waitFor(this.#ready.promise, signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }
}
