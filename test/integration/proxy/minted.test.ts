/** Refused https, answered from inside: the real signer, the real terminal plane, real TLS clients. */
import { once } from "node:events";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import { Signer } from "../../../orchestrator/egress/signer.ts";
import { ensureAuthority } from "../../../proxy/signer/authority.ts";
import { verifyLink } from "../../../proxy/terminal/address-link.ts";
import { clientHello } from "../../support/client-hello.ts";
import { readAll, readHead, signal, startHarness } from "./harness.ts";
import {
  key,
  startTerminalHarness,
  type TerminalHarness,
  terminalRules,
} from "./terminal-harness.ts";

const run = promisify(execFile);
const stack = new AsyncDisposableStack();
let folder: string;
let signer: Signer;
let authority: string;
let to: TerminalHarness;
const audited: AuditEvent[] = [];
const logLines: Record<string, unknown>[] = [];

async function startSigner(name: string): Promise<Signer> {
  const keysDir = join(folder, name);
  await mkdir(keysDir, { recursive: true });
  return new Signer({
    log: pino(
      { level: "debug" },
      { write: (line: string) => void logLines.push(JSON.parse(line) as Record<string, unknown>) },
    ),
    audit: { write: (event) => void audited.push(event) },
    uid: 64_906,
    keysDir,
    sockets: [
      { kind: "terminal", path: join(folder, `${name}-t.sock`) },
      { kind: "session", path: join(folder, `${name}-s.sock`) },
    ],
    excluded: ["portal.bad.test"],
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  signer = stack.use(await startSigner("keys"));
  authority = (await signer.authorities(signal())).get("terminal") ?? "";
  to = stack.use(
    await startTerminalHarness({
      settings: { signerSocket: join(folder, "keys-t.sock") },
    }),
  );
});
afterAll(() => stack.disposeAsync());

async function tunnelTo(harness: TerminalHarness, host: string, from = "127.0.0.1") {
  const socket = harness.connect(from);
  const target = `${host}:${harness.origins.httpsPort}`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  return { socket, head: await readHead(socket) };
}

async function speakTo(host: string, options: { ca?: string; servername?: string } = {}) {
  const { socket, head } = await tunnelTo(to, host);
  expect(head).toContain(" 200 ");
  const secure = tlsConnect({
    socket,
    servername: options.servername ?? host,
    ca: options.ca ?? authority,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  await once(secure, "secureConnect");
  return secure;
}

const page = "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";

async function ask(secure: TLSSocket, host: string, line: string, headers = page) {
  secure.write(`${line} HTTP/1.1\r\nHost: ${host}\r\nCookie: secret=1\r\n${headers}\r\n`);
  return readAll(secure);
}

describe("a terminal whose refused https page is led on", () => {
  it("verifies our certificate, speaks HTTP/1.1 and is sent to the portal with the whole address", async () => {
    const host = "www.outside.test";
    const secure = await speakTo(host);
    expect(secure.alpnProtocol).toBe("http/1.1");
    const certificate = secure.getPeerX509Certificate();
    expect(certificate?.subjectAltName).toBe(`DNS:${host}`);
    expect(Date.parse(certificate?.validTo ?? "") - Date.now()).toBeLessThan(86_400_001);
    const answer = await ask(secure, host, "GET /%E9%9B%A2?q=1");
    expect(answer).toContain("303 ");
    expect(answer).not.toMatch(/^(?:set-cookie|strict-transport-security|alt-svc):/im);
    expect(answer).toMatch(/^cache-control: no-store\r$/im);
    const query = new URL(/^location: (.*)\r$/im.exec(answer)?.[1] ?? "").searchParams;
    const part = (name: string) => query.get(name) ?? "";
    const link = { url: part("url"), until: part("until"), sig: part("sig") };
    const url = `https://${host}:${to.origins.httpsPort}/%E9%9B%A2?q=1`;
    expect(verifyLink(key, link, "127.0.0.1", Date.now())).toEqual({ ok: true, url });
    expect(await to.decision((each) => each.host === host && each.status === 303)).toMatchObject({
      verdict: "isolate",
      scheme: "https",
    });
    expect(JSON.stringify(to.decisions)).not.toContain("secret");
    expect(to.origins.tlsConnections()).toBe(0);
  });

  it.each([
    ["a form that is sent", "POST /", page],
    ["a frame", "GET /", "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n"],
    ["a picture", "GET /", "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n"],
    ["something that is no browser", "GET /", "Accept: */*\r\n"],
  ])("gets a plain refusal for %s", async (_what, line, headers) => {
    const host = "www.outside.test";
    const answer = await ask(await speakTo(host), host, line, headers);
    expect(answer).toContain("403 ");
    expect(answer).not.toMatch(/^location:/im);
  });

  it("sees the page that says why when its host is blocked", async () => {
    const answer = await ask(await speakTo("www.bad.test"), "www.bad.test", "GET /");
    expect(answer).toContain("403 ");
    expect(answer).toContain("T200");
  });

  it("is refused plainly for ten minutes once it did not take the certificate", async () => {
    const host = "pinned.outside.test";
    // OpenSSL's own client says what it thinks of the certificate before it leaves, as browsers do.
    const target = `${host}:${to.origins.httpsPort}`;
    const args = ["s_client", "-proxy", `127.0.0.1:${to.port}`, "-connect", target];
    const asked = run("openssl", [...args, "-servername", host, "-verify_return_error"]);
    await expect(asked).rejects.toThrow(/verify/);
    await to.decision((each) => each.host === host);
    expect((await tunnelTo(to, host)).head).toContain(" 403 ");
    // Another terminal is another matter.
    expect((await tunnelTo(to, host, "127.0.0.5")).head).toContain(" 200 ");
  });

  it("is led on whatever the length of the name", async () => {
    // Certificates of 64 lengths in a row: every way in which their text may break into lines.
    for (let length = 1; length <= 63; length += 1) {
      const host = `${"n".repeat(length)}.outside.test`;
      const secure = await speakTo(host);
      expect(secure.getPeerX509Certificate()?.subjectAltName, host).toBe(`DNS:${host}`);
      secure.destroy();
    }
  });

  it("gets nothing for another name than it asked for", async () => {
    const { socket } = await tunnelTo(to, "www.outside.test");
    const secure = tlsConnect({ socket, servername: "other.test", ca: authority });
    secure.on("error", () => undefined);
    await once(socket, "close");
    await to.decision((each) => each.rule === "guard.sni" && each.reason === "sni-mismatch");
  });
});

describe("terminals that leave in the middle", () => {
  const host = "www.outside.test";
  const hello = clientHello(host);
  const connect = () => `CONNECT ${host}:${to.origins.httpsPort} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

  it.each<[string, (socket: Socket) => void]>([
    ["closing", (socket) => socket.end()],
    ["vanishing", (socket) => socket.resetAndDestroy()],
  ])("by %s, at any byte: the process stays, and serves the next one", async (_how, leave) => {
    const { pid } = to.plane;
    const bytes = Buffer.concat([Buffer.from(connect()), hello]);
    const left: Socket[] = [];
    const stops = [10, connect().length, connect().length + 1, connect().length + 6];
    for (const length of [...stops, bytes.length - 1, bytes.length]) {
      for (const waits of [false, true]) {
        const socket = to.connect();
        socket.write(bytes.subarray(0, Math.min(length, connect().length)));
        // As a browser does: the tunnel first, then what goes into it.
        if (waits && length >= connect().length) await readHead(socket);
        socket.write(bytes.subarray(Math.min(length, connect().length), length));
        leave(socket);
        left.push(socket);
      }
    }
    const answer = await ask(await speakTo(host), host, "GET /after");
    expect(answer).toContain("303 ");
    // Now those as well that waited for an answer with their half closed.
    for (const socket of left) socket.destroy();
    expect(await ask(await speakTo(host), host, "GET /again")).toContain("303 ");
    expect(to.plane.pid).toBe(pid);
  });

  it("in the middle of the request inside", async () => {
    const { pid } = to.plane;
    for (const part of ["GET / HT", "GET / HTTP/1.1\r\nHost: x", "BREW\r\n\r\n", "\0\0\0\0"]) {
      const secure = await speakTo(host);
      secure.on("error", () => undefined);
      secure.write(part);
      secure.destroy();
    }
    expect(await ask(await speakTo(host), host, "GET /after")).toContain("303 ");
    expect(to.plane.pid).toBe(pid);
  });
});

describe("the signer", () => {
  it("never signs for direct hosts' connections, which nobody opens", async () => {
    const { socket } = await tunnelTo(to, "www.update.test");
    const secure = tlsConnect({ socket, servername: "www.update.test", rejectUnauthorized: false });
    await once(secure, "secureConnect");
    expect(secure.getPeerCertificate().subject.CN).toBe("hanare test");
    secure.destroy();
  });

  it("signs for none of the excluded names, and its authority could not", async () => {
    const { head } = await tunnelTo(to, "portal.bad.test");
    expect(head).toContain(" 403 ");
    // The signer's word to the orchestrator travels another way than its answer to the proxy.
    await expect
      .poll(() => logLines)
      .toContainEqual(expect.objectContaining({ event: "certificate-mint", reason: "excluded" }));
    const { certificate } = await ensureAuthority(join(folder, "keys"), "terminal", [], Date.now());
    const constraints = Buffer.from(
      certificate.getExtension("2.5.29.30")?.value ?? new ArrayBuffer(0),
    );
    for (const name of ["portal.bad.test", "lgwan.jp"])
      expect(constraints.includes(name)).toBe(true);
  });

  it("leaves a record of every certificate, runs as its own user, keeps its keys to root", async () => {
    expect(audited).toContainEqual(
      expect.objectContaining({ action: "certificate-mint", target: "www.outside.test" }),
    );
    expect((await stat(`/proc/${signer.pid ?? 0}`)).uid).toBe(64_906);
    const file = await stat(join(folder, "keys", "redirect-ca.key"));
    expect(file.mode & 0o777).toBe(0o600);
  });

  it("with an expired authority signs nothing and says so; terminals are refused plainly", async () => {
    const keysDir = join(folder, "old");
    await mkdir(keysDir);
    const sixYearsMs = 6 * 365 * 86_400_000;
    await ensureAuthority(keysDir, "terminal", [], Date.now() - sixYearsMs);
    await using old = await startSigner("old");
    await old.authorities(signal());
    expect(logLines).toContainEqual(
      expect.objectContaining({ event: "signer-authority", kind: "terminal", reason: "expired" }),
    );
    await using own = await startTerminalHarness({
      rules: terminalRules,
      settings: { signerSocket: join(folder, "old-t.sock") },
    });
    expect((await tunnelTo(own, "www.outside.test")).head).toContain(" 403 ");
  });
});

describe("an isolated browser", () => {
  it("is shown our page for a refused https host, from the authority that it alone trusts", async () => {
    const ca = (await signer.authorities(signal())).get("session") ?? "";
    await using session = await startHarness({ signerSocket: join(folder, "keys-s.sock") });
    const host = "bad.allowed.test";
    const { socket, status } = await session.tunnel(host);
    expect(status).toBe(200);
    const secure = tlsConnect({ socket, servername: host, ca });
    await once(secure, "secureConnect");
    const answer = await ask(secure, host, "GET /");
    expect(answer).toContain("403 ");
    expect(answer).toContain("R010");
    expect(session.origins.tlsConnections()).toBe(0);
    expect(await session.decision((each) => each.rule === "R010")).toMatchObject({
      verdict: "block",
      host,
      status: 403,
    });
  });

  it("is told in a page that an https host does not exist, and by its own error that one cannot be had now", async () => {
    const ca = (await signer.authorities(signal())).get("session") ?? "";
    await using session = await startHarness({
      signerSocket: join(folder, "keys-s.sock"),
      names: { "failing.allowed.test": "fail", "inside.allowed.test": ["10.0.0.1"] },
    });
    const host = "mistyped.allowed.test";
    const { socket } = await session.tunnel(host);
    const secure = tlsConnect({ socket, servername: host, ca });
    await once(secure, "secureConnect");
    expect(await ask(secure, host, "GET /")).toMatch(/502 [^]*dns-not-found/);
    expect(await session.decision((each) => each.host === host)).toMatchObject({
      verdict: "block",
      rule: "guard.dns",
      reason: "dns-not-found",
    });
    // These may be, or are, somebody: no certificate of ours stands in for them.
    expect((await session.tunnel("failing.allowed.test")).status).toBe(502);
    expect((await session.tunnel("inside.allowed.test")).status).toBe(403);
  });

  it("on a terminal, a direct host that does not exist stays a plain refusal: nobody opens direct traffic", async () => {
    expect((await tunnelTo(to, "gone.update.test")).head).toMatch(/ 502 /);
  });
});
