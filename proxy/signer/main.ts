/**
 * The signer: holds the private keys of the authorities and signs leaves for proxies that show a page or a
 * redirect in place of a refused https host. Talks to nobody but its own sockets, each of which only one
 * proxy's group may open. Whoever had these keys could impersonate any site to those who trust them: that
 * is why they are in a process that reads nothing but short requests, at a bounded rate, and reports each.
 *
 *   node proxy/signer/main.ts JSON      as root: reads keys and listens, then drops to the given uid
 */
import { chmod, chown, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { z } from "zod";
import { dropPrivileges } from "../drop-privileges.ts";
import { RateGate } from "../limits.ts";
import { type Authority, ensureAuthority, neverMinted } from "./authority.ts";
import { authorityKinds, type FromSigner, longestLineBytes, mintRequest } from "./ipc.ts";
import { mint } from "./mint.ts";

const settings = z
  .strictObject({
    keysDir: z.string(),
    uid: z.string(),
    sockets: z.array(
      z.strictObject({ kind: z.enum(authorityKinds), path: z.string(), gid: z.int().optional() }),
    ),
    /** The portal's names and others that must never be impersonated. */
    excluded: z.array(z.string()),
  })
  .parse(JSON.parse(process.argv[2] ?? "{}"));

/** New hosts that people come across; what an attack asks for on top gets the plain refusal. */
const mintsPerSecond = 20;
const mintBurst = 100;

const excluded = [...neverMinted, ...settings.excluded.map((name) => name.toLowerCase())];
const authorities: Authority[] = [];
for (const { kind, path, gid } of settings.sockets) {
  const authority = await ensureAuthority(settings.keysDir, kind, settings.excluded, Date.now());
  authorities.push(authority);
  await listen(authority, path, gid);
}
dropPrivileges(settings.uid);

process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => process.exit(0));
send({
  type: "ready",
  authorities: authorities.map(({ kind, certificate }) => ({
    kind,
    certificate: certificate.toString("pem"),
    notAfter: certificate.notAfter.toISOString(),
  })),
});

function send(message: FromSigner): void {
  if (process.connected) process.send?.(message);
}

async function listen(authority: Authority, path: string, gid: number | undefined): Promise<void> {
  await rm(path, { force: true });
  const gate = new RateGate(mintsPerSecond, mintBurst, performance.now());
  const server = createServer((socket) => serve(authority, gate, socket));
  server.maxConnections = 8;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  if (gid !== undefined && process.getuid?.() === 0) await chown(path, 0, gid);
  await chmod(path, 0o660);
}

function serve(authority: Authority, gate: RateGate, socket: Socket): void {
  let text = "";
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (part: string) => {
    text += part;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    if (text.length > longestLineBytes) return void socket.destroy();
    for (const line of lines) void answer(authority, gate, socket, line);
  });
}

async function answer(
  authority: Authority,
  gate: RateGate,
  socket: Socket,
  untrustedLine: string,
): Promise<void> {
  const asked = mintRequest.safeParse(parseJson(untrustedLine));
  if (!asked.success) return void socket.destroy();
  const { id, host } = asked.data;
  const { kind } = authority;
  const refused = (reason: string) => {
    if (gate.mayReport(performance.now()))
      send({ type: "refused", kind, host: host.slice(0, 255), reason });
    reply({ id, error: reason });
  };
  const reply = (message: object) => void socket.write(`${JSON.stringify(message)}\n`);
  if (!gate.take(performance.now())) {
    refused("rate");
    return;
  }
  const publicKey = Buffer.from(asked.data.publicKey, "base64");
  const minted = await mint(authority, { host, publicKey }, excluded, Date.now());
  if (!minted.ok) {
    refused(minted.reason);
    return;
  }
  send({ type: "minted", kind, host, serial: minted.serial });
  reply({ id, certificate: minted.der.toString("base64"), notAfter: minted.notAfter });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
