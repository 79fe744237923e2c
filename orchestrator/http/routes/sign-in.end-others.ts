/** DELETE /api/sign-ins. */
import { z } from "zod";
import { signedInPerson } from "../factor-outcomes.ts";
import type { Route } from "../route.ts";
import { signInsEnded } from "../sign-ins-ended.ts";

export const signInEndOthers: Route = {
  method: "DELETE",
  url: "/api/sign-ins",
  summary: "Signs the person out everywhere but here; every browser is a stranger again",
  gives: z.strictObject({ ended: z.int() }),
  access: "signed-in",
  handle(context): Promise<{ readonly ended: number }> {
    const ended = context.deps.identity.endOtherSignIns(signedInPerson(context.caller));
    signInsEnded(context, ended);
    return Promise.resolve({ ended });
  },
};
