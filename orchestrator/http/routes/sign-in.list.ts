/** GET /api/sign-ins. */
import { z } from "zod";
import { type SignInView, signInView } from "../account-contract.ts";
import type { Route } from "../route.ts";

export const signInList: Route = {
  method: "GET",
  url: "/api/sign-ins",
  summary: "Where the person is signed in",
  gives: z.strictObject({ signIns: z.array(signInView) }),
  access: "signed-in",
  handle({ deps, caller }): Promise<{ readonly signIns: readonly SignInView[] }> {
    const signIns = deps.identity.signIns(caller.user.id).map((ticket) => ({
      id: ticket.ticketId,
      createdAt: iso(ticket.createdMs),
      seenAt: iso(ticket.seenMs),
      expiresAt: iso(ticket.expiresMs),
      terminal: ticket.terminal,
      browser: ticket.browser,
      current: ticket.ticketId === caller.ticketId,
    }));
    return Promise.resolve({ signIns });
  },
};

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
