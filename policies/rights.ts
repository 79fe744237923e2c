/**
 * What a person may do in a session, beyond which sites open. Ordered entries, the first one that
 * matches decides, as with rules. Pure.
 *
 * A policy without a `rights:` section leaves everything as the installation is configured. A policy
 * with one is closed: who matches no entry may not open a session.
 */
import type { CompiledPolicy, CompiledRights, Runtime } from "./compiled.ts";

export interface Rights {
  /** May open a session at all; when it turns false, running sessions are ended. */
  readonly session: boolean;
  readonly download: boolean;
  /** 持ち出し: from the terminal into the isolated browser. */
  readonly upload: boolean;
  /** `in` is terminal → isolated browser, `out` is isolated browser → terminal. */
  readonly clipboard: {
    readonly in: boolean;
    readonly out: boolean;
    /** Longest text either way, in UTF-16 units; absent: as much as the protocol carries. */
    readonly maxChars?: number | undefined;
  };
  readonly print: boolean;
  /** Ids of shared folders that released files may be saved to; absent: none. */
  readonly sharedFolders?: "all" | readonly string[] | undefined;
  readonly watermark: boolean;
  /** What the watermark says, with {user}, {terminal} and {time}; absent: all three. */
  readonly watermarkText?: string | undefined;
  /** The picture is covered while the viewer does not have the terminal's attention. */
  readonly hideOnBlur?: boolean | undefined;
  /** What pages play is heard at the terminal; absent: it is not. */
  readonly sound?: boolean | undefined;
  readonly files: CompiledRights["files"];
  /** Absent: every kind that can be inspected, as large as the installation takes, without マイナンバー. */
  readonly uploadRules?: CompiledRights["uploadRules"];
  /** Absent: as the installation is configured. So are the three below. */
  readonly runtime?: Runtime | undefined;
  readonly idleMinutes?: number | undefined;
  readonly lifetimeHours?: number | undefined;
  /** Sessions at the same time of all people whom this entry decides on, taken together. */
  readonly maxSessions?: number | undefined;
  /** Id of the entry that decided; "default" when none did, "none" when the policy has no such section. */
  readonly rule: string;
  readonly ruleName?: string;
}

/** @param at milliseconds since the epoch */
export function rightsFor(policy: CompiledPolicy, groups: readonly string[], at: number): Rights {
  if (!policy.rights) return asConfigured;
  const found = policy.rights.find((entry) => applies(entry, groups, at));
  if (!found) return nothing;
  const { id, name, line: _line, groups: _groups, expiresAt: _end, ...values } = found;
  return { ...values, rule: id, ...(name !== undefined && { ruleName: name }) };
}

function applies(entry: CompiledRights, groups: readonly string[], at: number): boolean {
  if (entry.expiresAt !== undefined && at >= entry.expiresAt) return false;
  return entry.groups === undefined || entry.groups.some((group) => groups.includes(group));
}

/** What Hanare does without the section: downloads are cleaned, pasting in and sound work, nothing else leaves. */
const asConfigured: Rights = {
  session: true,
  download: true,
  upload: false,
  clipboard: { in: true, out: false },
  print: false,
  sharedFolders: "all",
  watermark: false,
  sound: true,
  files: { profile: "sanitize" },
  rule: "none",
};

/** For whom no entry names, and while there is no policy. */
export const nothing: Rights = {
  session: false,
  download: false,
  upload: false,
  clipboard: { in: false, out: false },
  print: false,
  watermark: true,
  files: { profile: "text" },
  rule: "default",
};
