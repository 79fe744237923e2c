/** What an engine hands back when it did not refuse. Shapes only. */
import type { OutputType, SandboxMember } from "../../wire/sandbox.ts";

export type EngineOutcome =
  | { readonly kind: "rebuilt"; readonly type: OutputType; readonly bytes: Buffer }
  | { readonly kind: "as-is"; readonly type: "csv" | "text" }
  | {
      readonly kind: "held";
      readonly reason: "archive-no-engine" | "no-engine";
      readonly members: readonly SandboxMember[];
    };
