/** POST /api/admin/signatures. */
import { signatureUpdate, type SignatureUpdate, toSignatureUpdate } from "../signature-contract.ts";
import type { Route } from "../route.ts";

export const signaturesUpdate: Route = {
  method: "POST",
  url: "/api/admin/signatures",
  summary: "Looks for newer virus signatures now",
  gives: signatureUpdate,
  access: "roles",
  roles: ["system-admin"],
  handle: async ({ deps }): Promise<SignatureUpdate> =>
    toSignatureUpdate(await deps.signatures.look()),
};
