/**
 * The HTTP servers: the portal over https for everybody, and the local admin socket for root. Every
 * answer carries the security headers, every failure becomes an ErrorBody with a request id, every
 * request leaves one line in the log. WebSocket upgrades are the gateway's (see upgrade-auth.ts).
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { AppError, describeError } from "../base/errors.ts";
import type { UserId } from "../base/ids.ts";
import { admit } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { errorBodyOf, retryAfter, toAppError } from "./error-map.ts";
import { judgeOrigin } from "./origin.ts";
import { PrivateSocketServer } from "./private-socket-server.ts";
import type { Caller, Route } from "./route.ts";
import { routes } from "./routes.ts";
import { securityHeaders } from "./security-headers.ts";
import { servePages } from "./static-pages.ts";
import { terminalOf } from "./terminal.ts";

/** Our largest body is one address of 8 KB. */
const bodyLimitBytes = 64 * 1024;
/** Headers and whole request; a terminal that is slower than this is not a browser on a LAN. */
const headersMs = 15_000;
const requestMs = 30_000;
/** A silent connection is dropped. Longer than opening a session may take; WebSockets are not under it. */
const idleMs = 120_000;

export interface TlsMaterial {
  /** PEM. */
  readonly key: string;
  /** PEM, chain included. */
  readonly cert: string;
}

export interface PortalDeps extends HttpDeps {
  readonly tls: TlsMaterial;
  /** Directory of the built pages. */
  readonly webDist: string;
}

type AnyServer = Server | TlsServer;
type App<S extends AnyServer> = FastifyInstance<S, IncomingMessage, ServerResponse>;

/** The portal. `server.server` emits the upgrades; listen with `server.listen({ host, port })`. */
export function createHttpServer(deps: PortalDeps): App<TlsServer> {
  const app = fastify<TlsServer>({
    ...options,
    serverFactory: (handler) => createTlsServer({ ...deps.tls, ...timeouts }, handler),
  });
  prepare(app, deps);
  app.addHook("onRequest", refuseForeign);
  servePages(app as unknown as FastifyInstance, deps.webDist);
  for (const route of routes) install(app, deps, route, callerByCookie(deps));
  return app;
}

/**
 * The local admin socket: the admin routes for whoever can open it, which is the operating system's root.
 * Listen with `server.listen({ path })`; the socket is made with mode 0600.
 */
export function createAdminServer(deps: HttpDeps): App<Server> {
  const app = fastify<Server>({
    ...options,
    serverFactory: (handler) => new PrivateSocketServer(timeouts, handler),
  });
  prepare(app, deps);
  const local = routes.filter(({ url }) => url.startsWith("/api/admin/") || url === "/api/health");
  for (const route of local) install(app, deps, route, () => localRoot);
  return app;
}

const options = {
  // Our own line per request is written below; the framework's two would repeat it.
  logger: false,
  bodyLimit: bodyLimitBytes,
  // A HEAD on a download would release the file without giving it.
  exposeHeadRoutes: false,
  forceCloseConnections: true,
  trustProxy: false,
  genReqId: () => randomUUID(),
} as const;

const timeouts = { headersTimeout: headersMs, requestTimeout: requestMs, timeout: idleMs } as const;

const localRoot: Caller = {
  user: {
    id: "local-root" as UserId,
    name: "local root",
    displayName: "local root",
    roles: ["system-admin"],
    groups: [],
    mustChangePassword: false,
    createdAt: new Date(0).toISOString(),
    lastSignInAt: null,
  },
  ticketId: null,
};

/** What both servers share: headers, JSON only, errors, the log line. */
function prepare<S extends AnyServer>(app: App<S>, { log }: HttpDeps): void {
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers(securityHeaders);
    if (request.url.startsWith("/api")) void reply.header("cache-control", "no-store");
  });
}
