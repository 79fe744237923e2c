/** GET /api/admin/signatures. */
import { signatureUpdate, type SignatureUpdate, toSignatureUpdate } from "../signature-contract.ts";
import type { Route } from "../route.ts";

export const signaturesRead: Route = {
  method: "GET",
  url: "/api/admin/signatures",
  summary: "How updates of the virus signatures went",
  gives: signatureUpdate,
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }): Promise<SignatureUpdate> =>
    Promise.resolve(toSignatureUpdate(deps.signatures.view())),
};
