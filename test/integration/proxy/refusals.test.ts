/** What the session plane refuses before it dials anything: the answer, the record, and that no origin hears of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { connectTo, http, names, site } from "./requests.ts";

let to: Harness;
beforeAll(async () => {
  to = await startHarness({ names });
});
afterAll(() => to[Symbol.asyncDispose]());

const url = (host: string, path = "/") => `http://${host}:${to.origins.httpPort}${path}`;

describe("refusals before anything is dialled", () => {
  const table: readonly (readonly [
    sentence: string,
    bytes: () => string,
    status: number,
    rule: string,
    reason: string,
  ])[] = [
    ["a host on no list", () => http(url("www.other.test")), 403, "default", "default"],
    [
      "a name that leads to 10.x",
      () => http(url("private.allowed.test")),
      403,
      "guard.deny_ip",
      "private-use",
    ],
    [
      "a name that leads to the metadata service",
      () => http(url("metadata.allowed.test")),
      403,
      "guard.deny_ip",
      "link-local",
    ],
    [
      "a name with one good and one bad address",
      () => http(url("rebind.allowed.test")),
      403,
      "guard.deny_ip",
      "private-use",
    ],
    [
      "an IPv4-mapped private address",
      () => http(url("mapped.allowed.test")),
      403,
      "guard.deny_ip",
      "private-use",
    ],
    [
      "a NAT64 private address",
      () => http(url("nat64.allowed.test")),
      403,
      "guard.deny_ip",
      "nat64",
    ],
    [
      "a name that does not exist",
      () => http(url("nx.allowed.test")),
      502,
      "guard.dns",
      "dns-not-found",
    ],
    [
      "a name server that fails",
      () => http(url("failing.allowed.test")),
      502,
      "guard.dns",
      "dns-server-failed",
    ],
    [
      "a name server that is silent",
      () => http(url("silent.allowed.test")),
      504,
      "guard.dns",
      "dns-timeout",
    ],
    ["localhost", () => http(url("localhost")), 403, "guard.host", "localhost"],
    ["octal 127.0.0.1", () => http(url("0177.0.0.1")), 403, "guard.host", "ip-encoding"],
    ["decimal 127.0.0.1", () => http(url("2130706433")), 403, "guard.host", "ip-encoding"],
    ["short 127.1", () => http(url("127.1")), 403, "guard.host", "ip-encoding"],
    ["hexadecimal 0x7f.1", () => http(url("0x7f.1")), 403, "guard.host", "ip-encoding"],
    ["a plain address", () => http(url("192.168.1.1")), 403, "guard.host", "ip-literal"],
    ["an IPv6 address", () => http(url("[::1]")), 403, "guard.host", "ip-literal"],
    [
      "brackets around a name",
      () => http(url("[www.allowed.test]")),
      403,
      "guard.host",
      "bad-brackets",
    ],
    ["userinfo", () => http(`http://www.allowed.test@evil.test/`), 403, "guard.host", "userinfo"],
    ["a single label", () => http(url("intranet")), 403, "guard.host", "single-label"],
    [
      "percent-encoding",
      () => http(url("ex%61mple.allowed.test")),
      403,
      "guard.host",
      "percent-encoding",
    ],
    ["another scheme", () => http("gopher://www.allowed.test/"), 400, "guard.parse", "target-form"],
    ["origin form", () => http("/"), 400, "guard.parse", "target-form"],
    [
      "another port",
      () => http("http://www.allowed.test:22/"),
      403,
      "guard.port",
      "port-not-allowed",
    ],
    ["a fragment", () => http(url(site, "/#x")), 400, "guard.parse", "target-form"],
    ["TRACE", () => http(url(site), "", "TRACE"), 405, "guard.parse", "method"],
    [
      "CONNECT to port 25",
      () => connectTo("www.allowed.test:25"),
      403,
      "guard.port",
      "port-not-allowed",
    ],
    [
      "CONNECT without a port",
      () => connectTo("www.allowed.test"),
      400,
      "guard.parse",
      "port-missing",
    ],
    [
      "CONNECT with a path",
      () => connectTo("www.allowed.test:443/x"),
      400,
      "guard.parse",
      "target-form",
    ],
    [
      "CONNECT with userinfo",
      () => connectTo("u@www.allowed.test:443"),
      403,
      "guard.host",
      "userinfo",
    ],
    [
      "CONNECT to 127.1",
      () => connectTo(`127.1:${to.origins.httpsPort}`),
      403,
      "guard.host",
      "ip-encoding",
    ],
    [
      "CONNECT with a body",
      () => connectTo(`${site}:${to.origins.httpsPort}`, "Content-Length: 3\r\n"),
      400,
      "guard.parse",
      "connect-with-body",
    ],
    [
      "CONNECT to a name inside",
      () => connectTo(`private.allowed.test:${to.origins.httpsPort}`),
      403,
      "guard.deny_ip",
      "private-use",
    ],
    [
      "a Host that differs from the target",
      () => `GET ${url(site)} HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n`,
      400,
      "guard.parse",
      "host-mismatch",
    ],
    [
      "two Host fields",
      () =>
        `GET ${url(site)} HTTP/1.1\r\nHost: ${site}:${to.origins.httpPort}\r\nHost: other.test\r\nConnection: close\r\n\r\n`,
      400,
      "guard.parse",
      "host-repeated",
    ],
    [
      "length and encoding together",
      () => http(url(site), "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "POST"),
      400,
      "guard.parse",
      "length-and-encoding",
    ],
    [
      "TE: ,chunked",
      () => http(url(site), "Transfer-Encoding: ,chunked\r\n", "POST"),
      400,
      "guard.parse",
      "transfer-encoding",
    ],
    [
      "TE: chunked, identity",
      () => http(url(site), "Transfer-Encoding: chunked, identity\r\n", "POST"),
      400,
      "guard.parse",
      "transfer-encoding",
    ],
    [
      "TE on HTTP/1.0",
      () =>
        `POST ${url(site)} HTTP/1.0\r\nHost: ${site}:${to.origins.httpPort}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      "guard.parse",
      "encoding-on-http-1-0",
    ],
    [
      "a repeated length",
      () => http(url(site), "Content-Length: 3\r\nContent-Length: 3\r\n", "POST"),
      400,
      "guard.parse",
      "content-length-repeated",
    ],
    [
      "Content-Length: +1",
      () => http(url(site), "Content-Length: +1\r\n", "POST"),
      400,
      "guard.parse",
      "content-length-invalid",
    ],
    [
      "a bare LF",
      () => `GET ${url(site)} HTTP/1.1\nHost: ${site}\n\n`,
      400,
      "guard.parse",
      "bare-line-break",
    ],
    [
      "a folded header",
      () => http(url(site), "X-A: 1\r\n folded\r\n"),
      400,
      "guard.parse",
      "header-fold",
    ],
    [
      "a space before the colon",
      () => http(url(site), "X-A : 1\r\n"),
      400,
      "guard.parse",
      "header-name",
    ],
    [
      "NUL in a header",
      () => http(url(site), "X-A: a\0b\r\n"),
      400,
      "guard.parse",
      "control-character",
    ],
    [
      "something that is not HTTP",
      () => "\x16\x03\x01\x00\x05hello",
      400,
      "guard.parse",
      "control-character",
    ],
    [
      "more than 100 fields",
      () => http(url(site), "X-A: 1\r\n".repeat(101)),
      431,
      "guard.limit",
      "header-fields",
    ],
    [
      "17 KB of headers",
      () => http(url(site), `X-A: ${"a".repeat(17 * 1024)}\r\n`),
      431,
      "guard.limit",
      "header-bytes",
    ],
    [
      "an upgrade to h2c",
      () =>
        `GET ${url(site)} HTTP/1.1\r\nHost: ${site}:${to.origins.httpPort}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n`,
      400,
      "guard.parse",
      "upgrade",
    ],
  ];
  it.each(table)("%s", async (_sentence, bytes, status, rule, reason) => {
    const before = to.decisions.length;
    const reached = to.origins.seen.length;
    const answer = await to.raw(bytes());
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    expect(answer).toContain(rule);
    await to.decision((each) => to.decisions.indexOf(each) >= before);
    const records = to.decisions.slice(before);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ verdict: "block", rule, status });
    expect(records[0]?.reason).toMatch(new RegExp(`^(?:${reason})$`));
    expect(to.origins.seen.length).toBe(reached);
  });

  it.each([
    ["http://192.168.1.1/x", "GET", "192.168.1.1", 80],
    ["http://[::1]:8080/", "GET", "[::1]", 8080],
    ["169.254.169.254:443", "CONNECT", "169.254.169.254", 443],
    ["LocalHost:443", "CONNECT", "localhost", 443],
  ])(
    "%s is recorded with its host and port although it never parsed",
    async (target, method, host, port) => {
      const before = to.decisions.length;
      await to.raw(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(await to.newest(before)).toMatchObject({ rule: "guard.host", host, port });
    },
  );

  it("a request that comes back to us", async () => {
    await to.raw(http(url(site, "/via")));
    await to.decision((each) => each.path === "/via");
    const headers = to.origins.seen.find((each) => each.url === "/via")?.rawHeaders ?? [];
    const via = headers[headers.indexOf("Via") + 1] ?? "";
    const before = to.decisions.length;
    expect(await to.raw(http(url(site, "/loop"), `Via: 1.1 other, ${via}\r\n`))).toMatch(
      /^HTTP\/1\.1 508 /,
    );
    expect(await to.newest(before)).toMatchObject({ rule: "guard.parse", reason: "loop" });
  });
});
