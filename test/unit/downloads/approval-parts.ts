/** Approvals over a real quarantine, kept files and database in one folder, without a file desk around them. */
import { join } from "node:path";
import { Readable } from "node:stream";
import { pino } from "pino";
import { newDownloadId, newSessionId, type UserId } from "../../../orchestrator/base/ids.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import {
  ApprovalDesk,
  type ApprovalDeskOptions,
} from "../../../orchestrator/downloads/approvals/desk.ts";
import type { Actor } from "../../../orchestrator/downloads/approvals/types.ts";
import { KeptFiles } from "../../../orchestrator/downloads/quarantine/kept-files.ts";
import { Quarantine } from "../../../orchestrator/downloads/quarantine/quarantine.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

export const content = "承認を待つ文書\n".repeat(10_000);

export const actor = (name: string, roles: readonly string[]): Actor => ({
  ...{ id: name as UserId, name, roles, groups: ["zeimu"], terminal: "192.0.2.7" },
});
export const asker = actor("taro", ["user"]);
export const approver = actor("kacho", ["user", "approver"]);

export interface Options {
  readonly onStep?: NonNullable<ApprovalDeskOptions["onStep"]>;
  readonly limits?: Partial<ApprovalDeskOptions["limits"]>;
  readonly accountById?: ApprovalDeskOptions["accountById"];
  readonly accountByName?: ApprovalDeskOptions["accountByName"];
  readonly now?: ApprovalDeskOptions["now"];
}

export async function openApprovals(dir: string, options: Options = {}) {
  const { onStep, limits, accountById, accountByName, now = Date.now } = options;
  const database = openDatabase(join(dir, "hanare.db"));
  const quarantine = await Quarantine.open(join(dir, "quarantine"));
  const kept = await KeptFiles.open(join(dir, "kept"), join(dir, "keys"), database);
  const bytes = Buffer.from(content);
  const signal = new AbortController().signal;
  const another = () => quarantine.store(Readable.from([bytes]), bytes.length, signal);
  const file = await another();
  const written: string[] = [];
  const desk = new ApprovalDesk({
    ...{ database, kept, now, log: pino({ level: "silent" }) },
    audit: { write: ({ action }) => void written.push(action) },
    files: {
      quarantine,
      forApproval: () => ({
        file,
        facts: {
          ...{ name: "計画.jtd", mediaType: "application/octet-stream", contentType: "jtd" },
          ...{
            direction: "download",
            sanitized: false,
            sessionId: newSessionId(),
            source: "",
            verdictReason: "no-engine",
          },
        },
      }),
      settled: () => undefined,
      handedOver: () => quarantine.drop(file),
    },
    limits: { ...configSchema.parse({}).files.approval, ...limits },
    accountById: accountById ?? (() => undefined),
    accountByName: accountByName ?? (() => undefined),
    ...(onStep && { onStep }),
  });
  return {
    desk,
    written,
    file,
    ask: () => desk.ask(asker, newDownloadId(), "照会に要る"),
    /** A file of the same content. */
    another,
    askUpload: (of = file) =>
      desk.askUpload(
        asker,
        newDownloadId(),
        {
          file: of,
          facts: {
            ...{ direction: "upload", name: "台帳.csv", mediaType: "application/octet-stream" },
            ...{ contentType: "csv", sanitized: false, sessionId: newSessionId() },
            ...{ source: "https://shinsei.example.jp/", verdictReason: "my-number" },
          },
        },
        "申請に添付",
      ),
    async [Symbol.asyncDispose]() {
      desk[Symbol.dispose]();
      await quarantine[Symbol.asyncDispose]();
      database.close();
    },
  };
}
