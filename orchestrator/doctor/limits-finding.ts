/**
 * What the proxies' own numbers say of somebody who wanted more than one may have: a flood, a program gone
 * wild, or limits that are set too low. Pure. Reads the text that monitoring reads.
 */
import { type Finding, ok, warn } from "../../setup/checks/finding.ts";

/** Of `guard.limit`: those that speak of an amount, and not of one request that is slow or badly made. */
const amounts = new Set([
  "bytes",
  "connections",
  "request-rate",
  "requests",
  "total-connections",
  "total-tunnels",
  "tunnels",
]);
/** As the rest of the pages calls them; a limit's name is the one it has in the audit log. */
const planes: Readonly<Record<string, string>> = { isolated: "分離", terminal: "端末" };
/** A page with very many parts may touch a limit once. */
const fewRefusals = 100;
const sample =
  /^hanare_proxy_requests_total\{plane="([a-z]+)",verdict="block",rule="guard\.limit",reason="([a-z-]+)"\} (\d+)$/gm;

/** @param metrics Prometheus text; its counters begin with the proxy's process */
export function limitsFinding(metrics: string): Finding {
  const found = [...metrics.matchAll(sample)]
    .filter(([, , reason = ""]) => amounts.has(reason))
    .map(([, plane = "", reason = "", count]) => ({ plane, reason, count: Number(count) }));
  const total = found.reduce((sum, { count }) => sum + count, 0);
  if (found.length === 0) return ok({ ja: "0 件", en: "none" });
  const detail = {
    ja: found
      .map(({ plane, reason, count }) => `${planes[plane] ?? plane} ${reason}: ${count} 件`)
      .join("、"),
    en: found.map(({ plane, reason, count }) => `${plane} ${reason}: ${count}`).join(", "),
  };
  return total < fewRefusals ? ok(detail) : warn(detail, "PROXY_LIMITS_REACHED", { count: total });
}
