/** How long answers of name servers hold, and that no clock but one that only grows says so. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeAddressTable } from "../../../policies/guards/address-class.ts";
import { ResolverMetrics } from "../../../proxy/metrics.ts";
import { ResolverGuard } from "../../../proxy/resolver-guard.ts";
import { type DnsServer, startDnsServer } from "../../support/dns-server.ts";
import { prepared } from "../policies/parts.ts";

const outside = "198.51.101.7";
const { guards } = prepared(`version: 1
name: t
rules: [{ id: R1, plane: [isolated], to: { any: true }, action: allow }]
`).policy;
const table = makeAddressTable(guards);

let dns: DnsServer;
let now: number;
let guard: ResolverGuard;
const resolve = async (host: string) => {
  const found = await guard.resolve(host, table, new Set(), { signal: AbortSignal.timeout(5_000) });
  return found.ok ? found.addresses.join() : found.refusal.reason;
};
/** Both families of one name are one question here. */
const asked = () => dns.questions.filter((each) => each.endsWith(" A")).length;

async function start(ttlSeconds: number): Promise<void> {
  dns = await startDnsServer({ names: { "www.a.test": [outside] }, ttlSeconds });
  guard = new ResolverGuard([dns.address], 2_000, new ResolverMetrics(), () => now);
}
beforeEach(() => {
  now = 1_000;
});
afterEach(() => dns[Symbol.asyncDispose]());

describe("an answer", () => {
  it("holds as long as it says", async () => {
    await start(20);
    for (now of [1_000, 20_900]) expect(await resolve("www.a.test")).toBe(outside);
    expect(asked()).toBe(1);
    now = 21_000;
    dns.set("www.a.test", ["10.0.0.1"]);
    expect(await resolve("www.a.test")).toBe("private-use");
    expect(asked()).toBe(2);
  });

  it("holds for a minute when it claims a day", async () => {
    await start(86_400);
    for (now of [1_000, 60_900]) await resolve("www.a.test");
    expect(asked()).toBe(1);
    now = 61_000;
    await resolve("www.a.test");
    expect(asked()).toBe(2);
  });

  it("that holds for no time is asked for every time", async () => {
    await start(0);
    for (let n = 0; n < 3; n += 1) await resolve("www.a.test");
    expect(asked()).toBe(3);
  });

  it("is classified each time it is used, not once when it comes", async () => {
    await start(20);
    expect(await resolve("www.a.test")).toBe(outside);
    const own = new Set([outside]);
    const found = await guard.resolve("www.a.test", table, own, {
      signal: AbortSignal.timeout(5_000),
    });
    expect(found).toMatchObject({ ok: false, refusal: { rule: "guard.deny_ip" } });
    expect(asked()).toBe(1);
  });
});

describe("a wall clock that is set back a year", () => {
  it("keeps no answer alive", async () => {
    await start(1);
    const own = new ResolverGuard([dns.address], 2_000, new ResolverMetrics());
    const ask = () =>
      own.resolve("www.a.test", table, new Set(), { signal: AbortSignal.timeout(5_000) });
    await ask();
    const before = asked();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 365 * 86_400_000 });
    try {
      await expect
        .poll(
          async () => {
            await ask();
            return asked();
          },
          { timeout: 5_000 },
        )
        .toBeGreaterThan(before);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a failure", () => {
  it("is kept for two seconds, so that a page full of one dead name asks once", async () => {
    await start(20);
    for (now of [1_000, 2_900]) expect(await resolve("nx.a.test")).toBe("dns-not-found");
    expect(asked()).toBe(1);
    now = 3_000;
    dns.set("nx.a.test", [outside]);
    expect(await resolve("nx.a.test")).toBe(outside);
  });

  it("of many names pushes out no good answer", async () => {
    await start(60);
    await resolve("www.a.test");
    const many = Array.from({ length: 1_200 }, (_, index) => `nx${index}.a.test`);
    for (let at = 0; at < many.length; at += 100) {
      await Promise.all(many.slice(at, at + 100).map(resolve));
    }
    const before = asked();
    expect(await resolve("www.a.test")).toBe(outside);
    expect(await resolve("nx1199.a.test")).toBe("dns-not-found");
    expect(asked()).toBe(before);
    // The room of failures is bounded: the oldest went.
    await resolve("nx0.a.test");
    expect(asked()).toBe(before + 1);
  });
});

it("the same question under way is asked once", async () => {
  await start(20);
  await Promise.all(Array.from({ length: 10 }, () => resolve("www.a.test")));
  expect(asked()).toBe(1);
});
