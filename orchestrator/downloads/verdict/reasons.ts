/** Why a download ended as it did: the sandbox's closed list and the host's own. Pure. */
import type { SandboxReason } from "../../../images/wire/file-words.ts";

export const hostReasons = [
  "internal-error",
  "too-large",
  "session-full",
  "person-full",
  "disk-full",
  "incomplete",
  "cancelled",
  /** The process that had it died. */
  "interrupted",
  "signature",
  "signature-in-output",
  "scan-failed",
  "scan-limit",
  "scan-suspicious",
  "sandbox-failed",
  "sandbox-timeout",
  /** Three times no password that opens it. */
  "password-tries",
  /** The policy: no downloads at all, not this kind, not with this inside, not in this profile, not alone. */
  "policy-download",
  "policy-type",
  "policy-content",
  "policy-profile",
  "policy-approval",
  /** The policy, of files that go out. */
  "upload-type",
  "upload-size",
  "my-number",
  "keyword",
  /** Parts that no rule could read lie in it. */
  "not-searchable",
  /** It went out: as it is, rebuilt, or because a person had approved it. */
  "upload-passed",
  "upload-rebuilt",
  "upload-approved",
] as const;
export type HostReason = (typeof hostReasons)[number];

export type Reason = HostReason | SandboxReason;
