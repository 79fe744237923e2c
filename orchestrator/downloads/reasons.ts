/** Why a download ended as it did: the sandbox's closed list and the host's own. Pure. */
import type { SandboxReason } from "../../images/wire/sandbox.ts";

export const hostReasons = [
  "internal-error",
  "too-large",
  "session-full",
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
] as const;
export type HostReason = (typeof hostReasons)[number];

export type Reason = HostReason | SandboxReason;
