/** What an engine hands back when it did not refuse. Shapes only. */
import type { AsIsType, OutputType, SandboxReason } from "../../wire/file-words.ts";
import type { SandboxMember } from "../../wire/sandbox.ts";

export type EngineOutcome =
  /** The same format, made anew. */
  | {
      readonly kind: "rebuilt";
      readonly type: OutputType;
      readonly bytes: Buffer;
      readonly reason?: SandboxReason;
    }
  /** Another format or encoding than it came in. */
  | {
      readonly kind: "converted";
      readonly type: OutputType;
      readonly bytes: Buffer;
      readonly reason: SandboxReason;
    }
  /** Several files made anew; `complete` when none of them had to be left out. */
  | {
      readonly kind: "members";
      readonly type: OutputType;
      readonly bytes: Buffer;
      readonly members: readonly SandboxMember[];
      readonly complete: boolean;
      readonly converted: boolean;
    }
  | { readonly kind: "as-is"; readonly type: AsIsType }
  | {
      readonly kind: "held";
      readonly reason: SandboxReason;
      readonly members: readonly SandboxMember[];
    };
