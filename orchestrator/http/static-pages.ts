/**
 * The built files of the pages (the page itself: page.ts). Serves exactly the files that exist when the server starts, by their own names: a
 * request's path is looked up, never joined to a directory. Knows the addresses at which the one page
 * application shows itself.
 */
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import type { Page } from "./page.ts";

/** Those of the router in orchestrator/web/app.tsx; any other is answered with the same page and 404. */
export const pageUrls = [
  "/",
  "/sign-in",
  "/notices",
  "/password",
  "/security",
  "/go",
  "/files",
  "/approvals",
  "/help",
  "/requests",
  "/view/*",
  "/admin",
  "/admin/audit",
  "/admin/audit/reports",
  "/admin/explain",
  "/admin/files",
  "/admin/groups",
  "/admin/health",
  "/admin/settings",
  "/admin/isolation",
  "/admin/policy",
  "/admin/policy/history",
  "/admin/requests",
  "/admin/tokens",
  "/admin/users",
] as const;

/**
 * The page of a session that is being opened: it asks for one as soon as it is there. The portal fetches it
 * while a person reads.
 */
const startUrl = "/view/new";
/** Short: the files it names are gone after an upgrade. */
const startCache = "private, max-age=60";
/**
 * Who may lead to it: our own pages, and people themselves (the address bar, a bookmark, a link in a mail).
 * Other sites may not have a browser opened: theirs, and what does not say where it comes from, is asked about.
 */
const mayStart: ReadonlySet<unknown> = new Set(["same-origin", "none"]);

/** File names under assets/ carry a hash of their content: they never change. Everything else may. */
function cacheControlFor(path: string): string {
  return /[\\/]assets[\\/]/.test(path) ? "public, max-age=31536000, immutable" : "no-cache";
}

export function servePages(app: FastifyInstance, webDist: string, page: Page): void {
  void app.register(fastifyStatic, {
    root: webDist,
    wildcard: false,
    index: false,
    redirect: false,
    dotfiles: "ignore",
    cacheControl: false,
    setHeaders: (reply, path) => {
      if (!reply.hasHeader("cache-control")) reply.header("cache-control", cacheControlFor(path));
    },
  });
  for (const url of pageUrls) app.get(url, (_request, reply) => page(reply, "no-cache"));
  app.get(startUrl, (request, reply) => {
    // What the browser keeps is for our own pages' navigations: another site's is asked about here.
    reply.header("vary", "sec-fetch-site");
    if (!mayStart.has(request.headers["sec-fetch-site"]))
      return reply.header("cache-control", "no-store").redirect(questionPath(request.url), 303);
    return page(reply, startCache);
  });
}

/** Where a person is asked whether the address should be opened; the portal when there is none to open. */
function questionPath(untrustedUrl: string): string {
  const url = new URLSearchParams(untrustedUrl.split("?").slice(1).join("?")).get("url") ?? "";
  return /^https?:/i.test(url) ? `/go?${new URLSearchParams({ url }).toString()}` : "/";
}
