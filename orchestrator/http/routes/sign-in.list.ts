/** GET /api/sign-ins: where the person is signed in. */
import type { SignInView } from "../account-contract.ts";
import type { Route } from "../route.ts";

export const signInList: Route = {
  method: "GET",
  url: "/api/sign-ins",
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
