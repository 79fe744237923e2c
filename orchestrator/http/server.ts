/**
 * The HTTP servers: the portal over https for everybody, and the local admin socket for root. Every
 * answer carries the security headers, every failure becomes an ErrorBody with a request id, every
 * request leaves one line in the log. WebSocket upgrades are the gateway's (see upgrade-auth.ts).
 */
import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { type FastifyInstance, type FastifyRequest, fastify } from "fastify";
import { AppError } from "../base/errors.ts";
import { gather } from "../base/gather.ts";
import type { UserId } from "../base/ids.ts";
import { answerFailures } from "./answer-failures.ts";
import { admit } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { type ExtensionFiles, serveExtension } from "./extension-files.ts";
import { makeOpenapi } from "./openapi.ts";
import { judgeOrigin } from "./origin.ts";
import { loadPage, type Page } from "./page.ts";
import { PrivateSocketServer } from "./private-socket-server.ts";
import type { RequestRate } from "./request-rate.ts";
import { answerRaw } from "./raw-answer.ts";
import type { Caller, Route } from "./route.ts";
import { callerOfToken } from "./token-caller.ts";
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
/** Well below what file descriptors a process usually has: strangers at the portal must not take them all. */
const maxConnections = 4096;
/** One terminal must not take all of those; a remote desktop server's people, each with a browser, fit in. */
const maxPerTerminal = 1024;
/** A connection that never becomes one: no terminal on a LAN needs so long. */
const handshakeMs = 15_000;

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
  /** The browser extension for terminals; undefined while there is none. */
  readonly extension: () => ExtensionFiles | undefined;
  /** Shared with the WebSockets: opening those counts as well. */
  readonly rate: RequestRate;
}

/** The portal. `server.server` emits the upgrades; listen with `server.listen({ host, port })`. */
export function createHttpServer(deps: PortalDeps): FastifyInstance {
  const page = loadPage(deps.webDist);
  const tls = { ...deps.tls, handshakeTimeout: handshakeMs };
  const app = makeApp(deps, (handler) => createTlsServer(tls, handler), page);
  app.addHook("onRequest", refuseForeign);
  shareConnections(app);
  servePages(app, deps.webDist, page);
  serveExtension(app, deps.extension);
  for (const route of routes)
    install(app, deps, route, {
      callerOf: (request) => callerOfRequest(deps, request),
      counted: (request, find) => {
        const terminal = terminalOf(request.raw.socket);
        if (route.rate !== undefined) deps.rate.take(route.rate, terminal);
        return deps.rate.counted(terminal, find);
      },
    });
  return app;
}

/**
 * The local admin socket: the admin routes for whoever can open it, which is the operating system's root.
 * Listen with `server.listen({ path })`; the socket is made with mode 0600.
 */
export function createAdminServer(deps: HttpDeps): FastifyInstance {
  const app = makeApp(deps, (handler) => new PrivateSocketServer(handler));
  const local = routes.filter(({ url }) => url.startsWith("/api/admin/") || url === "/api/health");
  for (const route of local)
    install(app, deps, route, { callerOf: () => localRoot, counted: (_request, find) => find() });
  return app;
}

const localRoot: Caller = {
  user: {
    id: "local-root" as UserId,
    name: "local root",
    displayName: "local root",
    roles: ["system-admin"],
    groups: [],
    mustChangePassword: false,
    disabled: false,
    createdAt: new Date(0).toISOString(),
    lastSignInAt: null,
  },
  ticketId: null,
  stage: "full",
  fresh: true,
};

type ServerFactory = (handler: Parameters<typeof createTlsServer>[1]) => Server;

/** What both servers share: limits, headers, JSON only, failures and the log line. */
function makeApp({ log }: HttpDeps, factory: ServerFactory, page?: Page): FastifyInstance {
  const app = fastify({
    // Our own line per request is written by answerFailures; the framework's two would repeat it.
    logger: false,
    bodyLimit: bodyLimitBytes,
    // A HEAD on a download would release the file without giving it.
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    trustProxy: false,
    genReqId: () => randomUUID(),
    serverFactory: (handler) => limited(factory(handler)),
    // Addresses that cannot be decoded never reach a hook or our own failure handler.
    frameworkErrors: (_error, request, reply) => {
      reply.hijack();
      answerRaw(request.raw.socket, new AppError("BAD_REQUEST", { where: "address" }));
    },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) answerRaw(socket, new AppError("BAD_REQUEST", { where: "request" }));
      else socket.destroy();
    },
  });
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers(securityHeaders);
    if (request.url.startsWith("/api")) void reply.header("cache-control", "no-store");
  });
  answerFailures(app, log, page);
  acceptJsonOnly(app);
  return app;
}

function limited(server: Server): Server {
  server.headersTimeout = headersMs;
  server.requestTimeout = requestMs;
  server.timeout = idleMs;
  server.maxConnections = maxConnections;
  return server;
}

/**
 * Each terminal has its share of the connections; closing ends all of them, also those that Node's own list does not
 * have: upgraded ones, and those that have not come to their first request.
 */
function shareConnections(app: FastifyInstance): void {
  const open = new Map<string, Set<Socket>>();
  app.server.on("connection", (socket: Socket) => {
    const terminal = terminalOf(socket);
    if ((open.get(terminal)?.size ?? 0) < maxPerTerminal) gather(open, terminal, socket);
    else socket.destroy();
  });
  app.addHook("preClose", async () => {
    for (const sockets of open.values()) for (const socket of sockets) socket.destroy();
    return Promise.resolve();
  });
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Bytes of any kind are handed to the route as they come. */
    readonly streams?: boolean;
  }
}

/** Plain text would let a form of another site send a body without asking first. */
function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    "application/json",
    { parseAs: "string" },
    (request, body, done) => {
      // Pages name the type on every request, with or without a body.
      if (body === "") done(null, undefined);
      else void parse(request, body, done);
    },
  );
  app.addContentTypeParser("application/octet-stream", (request, payload, done) => {
    if (request.routeOptions.config.streams === true) done(null, payload);
    else done(new AppError("BAD_REQUEST", { where: "content-type" }));
  });
}

/** Runs before the body is read. */
async function refuseForeign({ method, headers }: FastifyRequest): Promise<void> {
  // No page of another site can send this header without our leave, and with it the cookie counts for nothing.
  if (headers.authorization !== undefined) return Promise.resolve();
  const site = headers["sec-fetch-site"];
  const verdict = judgeOrigin({
    method,
    upgrade: false,
    host: headers.host,
    origin: headers.origin,
    secFetchSite: typeof site === "string" ? site : undefined,
  });
  if (verdict.outcome === "refused") throw new AppError("CROSS_ORIGIN", { reason: verdict.reason });
  return Promise.resolve();
}

/** A token goes before a cookie: what is sent with one is never a page's doing. Throws TOKEN_INVALID. */
function callerOfRequest({ identity }: HttpDeps, request: FastifyRequest): Caller | undefined {
  const { authorization, cookie } = request.headers;
  if (authorization === undefined) return identity.authenticate(cookie);
  const [, untrusted = ""] = /^Bearer (\S{1,200})$/.exec(authorization) ?? [];
  const token = identity.tokens.authenticate(untrusted, terminalOf(request.raw.socket));
  if (token === undefined) throw new AppError("TOKEN_INVALID");
  return callerOfToken(token);
}

let document: object | undefined;
const openapi = (): object => (document ??= makeOpenapi(routes));

interface Callers {
  /** Throws TOKEN_INVALID. */
  readonly callerOf: (request: FastifyRequest) => Caller | undefined;
  /** Throws TOO_MANY_REQUESTS, and what `find` throws. */
  readonly counted: (request: FastifyRequest, find: () => Caller | undefined) => Caller | undefined;
}

/**
 * Who asks is found out before the body is read, so that strangers' bodies take no memory; and again after it,
 * which may have been long on its way.
 */
function install(
  app: FastifyInstance,
  given: HttpDeps,
  route: Route,
  { callerOf, counted }: Callers,
): void {
  const deps = { ...given, openapi };
  app.route({
    method: route.method,
    url: route.url,
    config: { streams: route.streams === true },
    ...(route.bodyBytes !== undefined && { bodyLimit: route.bodyBytes }),
    onRequest: (request, _reply, done) => {
      const caller = counted(request, () => callerOf(request));
      if (route.access !== "anyone") admit(route, caller);
      done();
    },
    handler: async (request, reply) => {
      const context = { deps, request, reply, terminal: terminalOf(request.raw.socket) };
      const answer =
        route.access === "anyone"
          ? await route.handle(context)
          : await route.handle({ ...context, caller: admit(route, callerOf(request)) });
      return answer === undefined ? reply.code(204).send() : answer;
    },
  });
}
