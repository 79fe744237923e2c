/** GET /api/admin/metrics: the overview as Prometheus reads it, for monitoring through the local socket. */
import type { FastifyReply } from "fastify";
import { metricsText } from "../metrics-text.ts";
import type { Route } from "../route.ts";

export const metricsRead: Route = {
  method: "GET",
  url: "/api/admin/metrics",
  access: "roles",
  roles: ["system-admin"],
  async handle({ deps, reply }): Promise<FastifyReply> {
    const text = metricsText(await deps.overview()) + deps.egressMetrics();
    return reply.header("content-type", "text/plain; version=0.0.4; charset=utf-8").send(text);
  },
};
