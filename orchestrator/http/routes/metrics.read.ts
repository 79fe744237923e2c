/** GET /api/admin/metrics. */
import type { FastifyReply } from "fastify";
import { metricsText } from "../metrics-text.ts";
import type { Route } from "../route.ts";

export const metricsRead: Route = {
  method: "GET",
  url: "/api/admin/metrics",
  summary: "The overview as Prometheus reads it, for monitoring through the local socket",
  gives: { media: "text/plain" },
  scope: "system:read",
  access: "roles",
  roles: ["system-admin"],
  async handle({ deps, reply }): Promise<FastifyReply> {
    const text = metricsText(await deps.overview()) + deps.egressMetrics();
    return reply.header("content-type", "text/plain; version=0.0.4; charset=utf-8").send(text);
  },
};
