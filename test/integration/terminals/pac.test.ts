/**
 * The PAC file as Chromium itself evaluates it, served by the real terminal plane: which addresses go to the
 * proxy, which go out directly, what becomes of a proxy that is away and of a PAC file that is not there.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyJson } from "../../../orchestrator/gpo/settings.ts";
import { type ManagedTerminal, startManagedTerminal } from "../../support/managed-terminal.ts";
import { freePort } from "../../support/free-port.ts";
import { startTerminalHarness, type TerminalHarness } from "../proxy/terminal-harness.ts";

/** No name exists: what goes out directly ends in one error, what goes to a proxy does not. */
const noNames = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";
const direct = "ERR_NAME_NOT_RESOLVED";

let stack: AsyncDisposableStack;
let proxy: Server;
let proxyPort: number;
/** Request lines that reached the proxy. */
const asked: string[] = [];

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  proxy = createServer((request, response) => {
    asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
    response.end("by the proxy");
  });
  proxy.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url ?? ""}`);
    socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  proxyPort = (proxy.address() as AddressInfo).port;
  stack.defer(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, "close");
  });
});
afterAll(() => stack.disposeAsync());

/** A terminal whose PAC file comes from the real listener and names these proxies. */
async function terminalFor(
  proxies: readonly string[],
): Promise<{ to: TerminalHarness; terminal: ManagedTerminal }> {
  const to = stack.use(
    await startTerminalHarness({
      settings: {
        proxies: [...proxies],
        directHosts: ["portal.city.test", ".lgwan.jp", ".naibu.city.test"],
      },
    }),
  );
  return { to, terminal: await terminalAt(`localhost:${to.port}`) };
}

async function terminalAt(pacHost: string): Promise<ManagedTerminal> {
  const portal = "https://portal.city.test";
  const facts = { portal, proxies: [pacHost], redirectMode: "none", extensionId: "" } as const;
  return stack.use(
    await startManagedTerminal({ policies: policyJson(facts, "chrome"), args: [noNames] }),
  );
}

/** Where an address goes: what the proxy was asked, or the error of a terminal that went there by itself. */
async function wayOf(page: Page, url: string): Promise<string> {
  const before = asked.length;
  const error = await page.goto(url).then(
    () => "",
    (failure: unknown) => /net::(ERR_\w+)/.exec(String(failure))?.[1] ?? String(failure),
  );
  // Its services ask for pages of their own meanwhile, and the former page for its icon.
  const host = new URL(url).host;
  const own = (line: string) => line.includes(host) && !line.endsWith("/favicon.ico");
  return asked.slice(before).find(own) ?? error;
}

describe("with two proxies, of which the first is away", () => {
  let page: Page;
  beforeAll(async () => {
    const away = `localhost:${await freePort()}`;
    const { terminal } = await terminalFor([away, `localhost:${proxyPort}`]);
    page = await terminal.context.newPage();
  });

  it.each([
    ["an outside name", "http://www.example.test/a?b=1", "GET http://www.example.test/a?b=1"],
    ["an outside name over https", "https://www.example.test/a", "CONNECT www.example.test:443"],
    ["a name below the portal's", "http://x.portal.city.test/", "GET http://x.portal.city.test/"],
    ["a name that only ends alike", "http://evil-lgwan.jp/", "GET http://evil-lgwan.jp/"],
    ["a suffix in the middle", "http://lgwan.jp.evil.test/", "GET http://lgwan.jp.evil.test/"],
    ["a Japanese name", "http://日本語.test/", "GET http://xn--wgv71a119e.test/"],
    ["a public address", "http://192.0.78.9/", "GET http://192.0.78.9/"],
    ["a public IPv6 address", "http://[2001:db8::1]/", "GET http://[2001:db8::1]/"],
    ["a name like an address", "http://10.1.2.3.evil.test/", "GET http://10.1.2.3.evil.test/"],
    ["an outside name with the root's dot", "http://www.x.test./", "GET http://www.x.test./"],
  ])("asks the second one for %s", async (_what, url, line) => {
    expect(await wayOf(page, url)).toBe(line);
  });

  it.each([
    ["the portal", "https://portal.city.test/"],
    ["the portal, in capitals and with the root's dot", "https://PORTAL.city.test./"],
    ["what lies below a direct suffix", "http://www.asp.lgwan.jp/"],
    ["the direct suffix itself", "https://lgwan.jp/"],
    ["a plain host name", "http://intranet/"],
    ["a private address", "http://10.1.2.3/"],
    ["a private address as one number", "http://167838211/"],
    ["a unique local address", "http://[fd00::1]/"],
  ])("leaves %s to the terminal", async (_what, url) => {
    expect(await wayOf(page, url)).toBe(direct);
  });
});

describe("bad times", () => {
  it("with all proxies away nothing goes out directly", async () => {
    const { terminal } = await terminalFor([`localhost:${await freePort()}`]);
    const page = await terminal.context.newPage();
    for (const url of ["http://www.example.test/", "https://www.example.test/"])
      expect(await wayOf(page, url)).toBe("ERR_PROXY_CONNECTION_FAILED");
  });

  it("without the PAC file nothing goes out at all", async () => {
    const terminal = await terminalAt(`localhost:${await freePort()}`);
    const page = await terminal.context.newPage();
    expect(await wayOf(page, "http://www.example.test/")).toBe(
      "ERR_MANDATORY_PROXY_CONFIGURATION_FAILED",
    );
  });
});
