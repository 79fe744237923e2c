/**
 * The shape of one route. `access` has no default: a route that does not say who may call it does not
 * compile, and its handler gets a caller exactly when one is required.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Account, Role, Stage } from "../identity/types.ts";
import type { HttpDeps } from "./deps.ts";

/** Who is asking: a signed-in person, or root on the local socket (then there is no ticket). */
export interface Caller {
  readonly user: Account;
  readonly ticketId: string | null;
  readonly stage: Stage;
  /** They proved who they are a short while ago. */
  readonly fresh: boolean;
}

export interface RouteContext {
  readonly deps: HttpDeps;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Address of the terminal as the socket knows it. */
  readonly terminal: string;
}

export interface CallerContext extends RouteContext {
  readonly caller: Caller;
}

interface RouteBase {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: `/api/${string}`;
  /** Largest body, where it is more than the server's own limit. */
  readonly bodyBytes?: number;
}

/**
 * Any one of the roles suffices. `from`: the stage of a sign-in from which on the route is there; left out,
 * only for those whose sign-in is complete. `fresh`: the person has just proved who they are, because this
 * cannot be undone or opens the account.
 */
export type AccessRule = { readonly fresh?: true } & (
  | { readonly access: "signed-in"; readonly from?: Stage }
  | { readonly access: "roles"; readonly roles: readonly [Role, ...Role[]] }
);

/** What `handle` resolves to is the JSON body; 204 when undefined. */
export type Route = RouteBase &
  (
    | {
        readonly access: "anyone";
        readonly handle: (context: RouteContext) => Promise<unknown>;
      }
    | (AccessRule & {
        readonly handle: (context: CallerContext) => Promise<unknown>;
      })
  );
