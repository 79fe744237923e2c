/** A real file desk on the real engine, in folders of its own, for the tests beside this file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { pino } from "pino";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import { auditEvent } from "../../../orchestrator/audit/events.ts";
import {
  type InstallationId,
  newInstallationId,
  newSessionId,
  type SessionId,
  type UserId,
} from "../../../orchestrator/base/ids.ts";
import { type Config, configSchema } from "../../../orchestrator/config/schema.ts";
import type { RunningFileDesk } from "../../../orchestrator/downloads/desk/desk.ts";
import { createFileDesk } from "../../../orchestrator/downloads/file-desk.ts";
import type {
  DownloadView,
  FileRules,
  ReceiveArgs,
} from "../../../orchestrator/downloads/types.ts";
import { createEngineClient, type EngineClient } from "../../../orchestrator/engine/client.ts";
import { SignatureStore } from "../../../orchestrator/signatures/signature-store.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { testImages } from "../../support/images.ts";

export interface DeskHarness extends AsyncDisposable {
  readonly desk: RunningFileDesk;
  readonly engine: EngineClient;
  readonly events: readonly AuditEvent[];
  readonly quarantineDir: string;
  readonly session: SessionId;
  readonly installation: string;
  readonly sandboxImage: string;
  readonly signatures: SignatureStore;
  receive(name: string, bytes: Buffer, options?: ReceiveOptions): Promise<DownloadView>;
  /** Log lines of one event, or all, as text. */
  logged(event: string): string;
  /** The released bytes. */
  fetch(view: DownloadView): Promise<{ name: string; mediaType: string; bytes: Buffer }>;
}

export interface ReceiveOptions {
  readonly passwords?: readonly string[];
  readonly session?: SessionId;
  readonly announced?: number;
  readonly rules?: FileRules;
}

export interface HarnessOptions {
  readonly files?: Partial<Config["files"]>;
  readonly sandboxImage?: string;
  /** Null for an installation without one. */
  readonly officeImage?: null;
  /** Of a desk that died before this one. */
  readonly database?: DatabaseSync;
  readonly folder?: string;
  readonly installation?: InstallationId;
}

export async function openDesk(options: HarnessOptions = {}): Promise<DeskHarness> {
  await using undo = new AsyncDisposableStack();
  const dir = options.folder ?? (await mkdtemp(join(tmpdir(), "hanare-test-desk-")));
  undo.defer(() => rm(dir, { recursive: true, force: true }));
  const installation = options.installation ?? newInstallationId();
  const engine = createEngineClient(installation);
  const events: AuditEvent[] = [];
  const lines: string[] = [];
  const { sandbox, office, clamd } = testImages();
  const quarantineDir = join(dir, "quarantine");
  const signatures = new SignatureStore(join(dir, "signatures"));
  await signatures.prepare();
  const desk = undo.use(
    await createFileDesk({
      signatures,
      engine,
      installation,
      paths: { quarantine: quarantineDir, scanSocketDir: join(dir, "scan") },
      config: { ...configSchema.parse({}).files, ...options.files },
      imageRefs: {
        sandbox: options.sandboxImage ?? sandbox,
        clamd,
        office: options.officeImage === null ? undefined : office,
      },
      audit: { write: (event) => void events.push(auditEvent.parse(event)) },
      database: options.database ?? openDatabase(":memory:"),
      log: pino({ level: "debug" }, { write: (line: string) => void lines.push(line) }),
    }),
  );
  const session = newSessionId();
  const stack = undo.move();
  return {
    desk,
    engine,
    events,
    quarantineDir,
    session,
    installation,
    sandboxImage: sandbox,
    signatures,
    receive: (name, bytes, { passwords = [], session: other, announced, rules } = {}) =>
      desk.receiveWithPasswords(
        {
          ...argsFor(other ?? session, name, announced ?? bytes.length),
          ...(rules && { rules }),
        },
        Readable.from([bytes], { objectMode: false }),
        passwords,
        new AbortController().signal,
      ),
    logged: (event) =>
      lines.filter((line) => event === "" || line.includes(`"event":"${event}"`)).join(""),
    async fetch(view) {
      const file = await desk.release(view.id, { terminal: "192.0.2.7" });
      return {
        name: file.name,
        mediaType: file.mediaType,
        bytes: Buffer.concat(await file.bytes.toArray()),
      };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export function argsFor(
  sessionId: SessionId,
  untrustedName: string,
  sizeBytes: number,
): ReceiveArgs {
  return {
    sessionId,
    ownerId: "utest" as UserId,
    ownerName: "tester",
    untrustedName,
    untrustedUrl: `http://203.0.113.5/${encodeURIComponent(untrustedName)}`,
    sizeBytes,
  };
}
