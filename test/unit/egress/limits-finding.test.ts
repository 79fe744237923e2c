import { expect, it } from "vitest";
import { limitsFinding } from "../../../orchestrator/doctor/limits-finding.ts";

const line = (plane: string, rule: string, reason: string, count: number) =>
  `hanare_proxy_requests_total{plane="${plane}",verdict="block",rule="${rule}",reason="${reason}"} ${count}\n`;

it.each([
  ["nothing was refused", "", "ok", "0"],
  [
    "a page touched a limit",
    line("isolated", "guard.limit", "requests", 99),
    "ok",
    "isolated requests: 99",
  ],
  [
    "slow clients are no amount",
    line("isolated", "guard.limit", "request-timeout", 5000),
    "ok",
    "0",
  ],
  ["rules refuse as they should", line("terminal", "rule", "connections", 5000), "ok", "0"],
  [
    "both planes were flooded",
    line("terminal", "guard.limit", "connections", 8976) +
      line("isolated", "guard.limit", "tunnels", 3),
    "warn",
    "terminal connections: 8976, isolated tunnels: 3",
  ],
])("%s", (_sentence, text, level, detail) => {
  expect(limitsFinding(`# TYPE x counter\n${text}`)).toMatchObject({ level, detail });
});
