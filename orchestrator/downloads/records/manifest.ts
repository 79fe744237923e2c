/**
 * 無害化証跡: what came in, what left, and everything that was done in between, as one JSON document that a person
 * can keep beside the file. Names and places from inside the file are text of its author; they are cut and
 * cleaned here. Pure.
 */
import type { SandboxMember, SandboxObject } from "../../../images/wire/sandbox.ts";
import type { SandboxLimits } from "../../../images/wire/sandbox-limits.ts";
import { defaultSandboxLimits } from "../../../images/wire/sandbox-limits.ts";
import type { Download } from "../desk/download.ts";
import type { Inspected } from "../inspection/pipeline.ts";
import type { ScannerStatus } from "../scanning/scanner-status.ts";
import type { DownloadView } from "../types.ts";

interface FileFacts {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string | null;
  readonly type: string | null;
}

export interface Manifest {
  readonly format: "hanare-manifest-1";
  readonly id: string;
  readonly receivedAt: string;
  readonly judgedAt: string;
  readonly durationMs: number;
  readonly source: string;
  readonly input: FileFacts;
  readonly output: FileFacts | null;
  readonly verdict: string;
  readonly reason: string;
  readonly messageJa: string;
  readonly messageEn: string;
  readonly removed: DownloadView["removed"];
  /** Each with its place; the list is cut at 300, the sums in `removed` are whole. */
  readonly objects: readonly SandboxObject[];
  readonly warnings: readonly string[];
  readonly members: readonly SandboxMember[];
  readonly memberCount: number;
  readonly engines: Readonly<Record<string, string>>;
  readonly scanner: {
    readonly version: string | null;
    readonly signatures: number;
    readonly testSetOnly: boolean;
    readonly databases: readonly {
      readonly name: string;
      readonly version: number;
      readonly builtAt: string;
    }[];
  };
  readonly limits: SandboxLimits;
}

/** Controls and marks that hide or reverse text. */
const hidden = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const clean = (text: string): string => text.toWellFormed().replace(hidden, "");

export interface ManifestParts {
  readonly download: Download;
  readonly view: DownloadView;
  readonly inspected: Pick<Inspected, "decision" | "released" | "result"> &
    Partial<Pick<Inspected, "engines">>;
  readonly scanner: ScannerStatus | undefined;
  readonly startedMs: number;
  readonly nowMs: number;
  readonly maxBytes: number;
}

export function makeManifest(parts: ManifestParts): Manifest {
  const { download, view, inspected, scanner, startedMs, nowMs, maxBytes } = parts;
  const { released, result, engines } = inspected;
  const { original, args } = download;
  return {
    format: "hanare-manifest-1",
    id: download.id,
    receivedAt: view.receivedAt,
    judgedAt: new Date(nowMs).toISOString(),
    durationMs: Math.max(Math.round(nowMs - startedMs), 0),
    source: clean(args.untrustedUrl).slice(0, 4096),
    input: {
      name: clean(args.untrustedName).slice(0, 512),
      sizeBytes: original?.sizeBytes ?? args.sizeBytes,
      sha256: original?.sha256 ?? null,
      type: result?.contentType ?? null,
    },
    output:
      released === undefined
        ? null
        : {
            name: view.name,
            sizeBytes: released.file.sizeBytes,
            sha256: released.file.sha256,
            type: released.type,
          },
    verdict: view.verdict ?? "failed",
    reason: view.reason ?? "internal-error",
    messageJa: view.messageJa,
    messageEn: view.messageEn,
    removed: view.removed,
    objects: (result?.objects ?? []).map((each) => ({ ...each, place: clean(each.place) })),
    warnings: result?.warnings ?? [],
    members: (result?.members ?? []).map((each) => ({ ...each, name: clean(each.name) })),
    memberCount: result?.memberCount ?? 0,
    engines: engines ?? {},
    scanner: {
      version: scanner?.version ?? null,
      signatures: scanner?.signatures ?? 0,
      testSetOnly: scanner?.shippedOnly ?? true,
      databases: (scanner?.databases ?? []).map(({ name, version, builtAt }) => ({
        name,
        version,
        builtAt,
      })),
    },
    limits: { ...defaultSandboxLimits, inputBytes: maxBytes, outputBytes: maxBytes },
  };
}
