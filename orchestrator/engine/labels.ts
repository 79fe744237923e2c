/** Labels are the truth about containers: only what carries this installation's label is ever touched. Pure. */
import type { InstallationId, SessionId } from "../base/ids.ts";

export const installationLabel = "hanare";
export const roleLabel = "hanare.role";
export const sessionLabel = "hanare.session";
/** On session containers: hash of everything they are made from but their own name, uid and directory. */
export const specLabel = "hanare.spec";
/** On images: hash of everything the image is made from. */
export const inputsLabel = "hanare.inputs";

export type ContainerRole = "session" | "sandbox" | "office" | "clamd" | "probe";

export function makeLabels(
  installation: InstallationId,
  role: ContainerRole,
  sessionId?: SessionId,
): Record<string, string> {
  return {
    [installationLabel]: installation,
    [roleLabel]: role,
    ...(sessionId === undefined ? {} : { [sessionLabel]: sessionId }),
  };
}

/** Image names of this source tree; the tag is the hash of the inputs, so versions live side by side. */
export const imageNames = {
  base: "hanare/base",
  browser: "hanare/browser",
  sandbox: "hanare/sandbox",
  office: "hanare/office",
  clamd: "hanare/clamd",
} as const;
export type ImageName = keyof typeof imageNames;
