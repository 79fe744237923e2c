import { expect, it } from "vitest";
import { limitsFinding } from "../../../orchestrator/doctor/limits-finding.ts";

const line = (plane: string, rule: string, reason: string, count: number) =>
  `hanare_proxy_requests_total{plane="${plane}",verdict="block",rule="${rule}",reason="${reason}"} ${count}\n`;

it.each([
  ["nothing was refused", "", "ok", "0 件", "none"],
  [
    "a page touched a limit",
    line("isolated", "guard.limit", "requests", 99),
    "ok",
    "分離 requests: 99 件",
    "isolated requests: 99",
  ],
  [
    "slow clients are no amount",
    line("isolated", "guard.limit", "request-timeout", 5000),
    "ok",
    "0 件",
    "none",
  ],
  [
    "rules refuse as they should",
    line("terminal", "rule", "connections", 5000),
    "ok",
    "0 件",
    "none",
  ],
  [
    "both planes were flooded",
    line("terminal", "guard.limit", "connections", 8976) +
      line("isolated", "guard.limit", "tunnels", 3),
    "warn",
    "端末 connections: 8976 件、分離 tunnels: 3 件",
    "terminal connections: 8976, isolated tunnels: 3",
  ],
])("%s", (_sentence, text, level, ja, en) => {
  expect(limitsFinding(`# TYPE x counter\n${text}`)).toMatchObject({
    level,
    detail: { ja, en },
  });
});
