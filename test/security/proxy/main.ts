/**
 * The abuse suite against any forward proxy:
 *
 *   node test/security/proxy/main.ts --proxy HOST:PORT --origin-port PORT [--name NAME] [--json]
 *   node test/security/proxy/main.ts --squid
 *
 * The proxy must allow *.allowed.test on the origin's port and nothing else, and ask the suite's name
 * server, 127.0.0.77:53 (root may bind it). Exit code 0: every case as it must be; 1: at least one not.
 */
import { parseArgs } from "node:util";
import { freePort } from "../../support/free-port.ts";
import { startDnsServer } from "../../support/dns-server.ts";
import { inside } from "./hosts.ts";
import { startPeer } from "./peer-squid.ts";
import { allCases, Honeypot, type ProxyAddress, runCase } from "./suite.ts";

const { values } = parseArgs({
  options: {
    proxy: { type: "string" },
    "origin-port": { type: "string" },
    name: { type: "string" },
    squid: { type: "boolean" },
    json: { type: "boolean" },
  },
});
if (values.proxy === undefined && values.squid !== true) {
  process.stderr.write("--proxy HOST:PORT --origin-port PORT, or --squid\n");
  process.exit(2);
}

const dnsAddress = "127.0.0.77";
const host = "www.allowed.test";
await using stack = new AsyncDisposableStack();
stack.use(
  await startDnsServer({
    host: dnsAddress,
    port: 53,
    names: { [host]: ["127.0.0.1"], ...inside },
    ttlSeconds: 60,
  }),
);
const origin = stack.use(new Honeypot());
const port = await origin.listen(Number(values["origin-port"] ?? "0"));
const { proxy, name } = await proxyUnderTest();

async function proxyUnderTest(): Promise<{ proxy: ProxyAddress; name: string }> {
  if (values.squid === true) {
    const squidPort = await freePort();
    const squid = stack.use(await startPeer(squidPort, port, dnsAddress));
    return {
      proxy: { host: "127.0.0.1", port: squidPort },
      name: `squid ${squid.version}`,
    };
  }
  const [address = "", number = ""] = values.proxy?.split(":") ?? [];
  return {
    proxy: { host: address, port: Number(number) },
    name: values.name ?? values.proxy ?? "",
  };
}

const rows = new Map<string, { cases: number; failed: number }>();
const failures: { id: string; sentence: string; source: string; why: string }[] = [];
for (const each of allCases) {
  const { why } = await runCase(each, proxy, { host, port }, origin);
  const row = rows.get(each.group) ?? { cases: 0, failed: 0 };
  rows.set(each.group, { cases: row.cases + 1, failed: row.failed + (why === undefined ? 0 : 1) });
  if (why !== undefined)
    failures.push({ id: each.id, sentence: each.sentence, source: each.source, why });
}

for (const { id, sentence, source, why } of failures) {
  process.stdout.write(
    `${id.padEnd(18)} ${sentence.slice(0, 60).padEnd(60)} ${why}  (${source})\n`,
  );
}
process.stdout.write(`\n${name}\n`);
for (const [group, { cases, failed }] of rows) {
  process.stdout.write(
    `${group.padEnd(12)} ${String(cases).padStart(4)} cases  ${String(failed).padStart(4)} failed\n`,
  );
}
process.stdout.write(
  `${"all".padEnd(12)} ${String(allCases.length).padStart(4)} cases  ${String(failures.length).padStart(4)} failed\n`,
);
if (values.json === true) {
  process.stdout.write(
    `${JSON.stringify({ proxy: name, cases: allCases.length, failures, groups: Object.fromEntries(rows) })}\n`,
  );
}
process.exitCode = failures.length === 0 ? 0 : 1;
