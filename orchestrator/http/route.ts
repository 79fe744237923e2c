/**
 * The shape of one route. `access` has no default: a route that does not say who may call it does not
 * compile, and its handler gets a caller exactly when one is required.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Account, ApiScope, Role, Stage } from "../identity/types.ts";
import type { HttpDeps } from "./deps.ts";

/** Who is asking: a signed-in person, another system by its token, or root on the local socket (no ticket either). */
export interface Caller {
  readonly user: Account;
  readonly ticketId: string | null;
  readonly stage: Stage;
  /** They proved who they are a short while ago. */
  readonly fresh: boolean;
  /** Another system with a token; then `user` stands for that, and has no roles. */
  readonly scopes?: readonly ApiScope[];
}

export interface RouteDeps extends HttpDeps {
  /** The document of the API. */
  readonly openapi: () => object;
}

export interface RouteContext {
  readonly deps: RouteDeps;
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
  /** One sentence, for the document of the API. */
  readonly summary: string;
  /** What its handler validates: the document of the API is made of it. */
  readonly takes?: {
    readonly params?: z.ZodObject;
    readonly query?: z.ZodObject;
    readonly body?: z.ZodType | { readonly media: string };
  };
  /** What it answers with; absent: nothing (204). */
  readonly gives?: z.ZodType | { readonly media: string };
  /** The body is handed to it as it comes. */
  readonly streams?: true;
  /** Largest body, where it is more than the server's own limit. */
  readonly bodyBytes?: number;
  /** Counted for the terminal besides. */
  readonly rate?: "sign-in";
}

/**
 * Any one of the roles suffices. `from`: the stage of a sign-in from which on the route is there; left out,
 * only for those whose sign-in is complete. `fresh`: the person has just proved who they are, because this
 * cannot be undone or opens the account.
 */
export type AccessRule = { readonly fresh?: true } & (
  | { readonly access: "signed-in"; readonly from?: Stage }
  /** `scope`: a token that has it is let in as well. */
  | {
      readonly access: "roles";
      readonly roles: readonly [Role, ...Role[]];
      readonly scope?: ApiScope;
    }
  /** For other systems, never for people. */
  | { readonly access: "token"; readonly scope: ApiScope }
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
