/**
 * The browser extension as terminals fetch it: by the browser itself, by policy, without a cookie. Both
 * files are public: they hold the portal's own address and no secret.
 */
import type { FastifyInstance } from "fastify";
import { AppError } from "../base/errors.ts";

export interface ExtensionFiles {
  readonly crx: Buffer;
  readonly updatesXml: string;
}

export function serveExtension(
  app: FastifyInstance,
  extension: () => ExtensionFiles | undefined,
): void {
  const found = (): ExtensionFiles => {
    const files = extension();
    if (!files) throw new AppError("NOT_FOUND");
    return files;
  };
  app.get("/extension/updates.xml", (_request, reply) =>
    reply.header("cache-control", "no-cache").type("text/xml").send(found().updatesXml),
  );
  app.get("/extension/hanare.crx", (_request, reply) =>
    reply
      .header("cache-control", "no-cache")
      .type("application/x-chrome-extension")
      .send(found().crx),
  );
}
