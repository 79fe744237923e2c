/** What an identity service of a test is made with. */
import { configSchema } from "../../orchestrator/config/schema.ts";
import type { IdentitySettings } from "../../orchestrator/identity/identity.ts";

/** As an empty configuration has them, but for what a test says. */
export function identitySettings(more: Partial<IdentitySettings> = {}): IdentitySettings {
  return { ...configSchema.parse({}).identity, ...more };
}

export const sealKey = Buffer.alloc(32, 3);
export const quickHashing = { memoryKib: 64, passes: 1, lanes: 1 };
