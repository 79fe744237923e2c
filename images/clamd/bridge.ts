/**
 * First process of the clamd container. Starts clamd, waits until it answers, then keeps a few idle
 * connections dialled to the host's scan.sock. The host speaks first on a connection; its first bytes
 * are spliced to clamd's own socket, or answered here when they ask for the database status.
 * Never listens for the host, so the host never opens a path that this container controls.
 * When clamd ends, the container ends: the orchestrator starts a new one.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { readDatabases } from "./databases.ts";

const hostSocket = "/run/hanare/scan.sock";
const clamdSocket = "/work/clamd.sock";
const configFile = "/app/images/clamd/clamd.conf";
const shippedDir = "/app/images/clamd/signatures";
const officialDir = "/var/lib/clamav";
const databaseDir = "/work/db";
/** Command of ours, in clamd's own framing: a name after `z`, closed by NUL. */
const statusCommand = Buffer.from("zHANARESTATUS\0", "latin1");
const idleConnections = 4;
const redialMs = 250;
const startupPollMs = 100;

/** clamd reads one directory; links bring the shipped and the official databases together. */
function linkDatabases(): void {
  mkdirSync(databaseDir, { recursive: true });
  mkdirSync("/work/tmp", { recursive: true });
  for (const dir of [officialDir, shippedDir]) {
    for (const name of readdirSync(dir)) symlinkSync(join(dir, name), join(databaseDir, name));
  }
}

function clamdAnswers(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(clamdSocket);
  let reply = "";
  socket.once("connect", () => socket.write("zPING\0"));
  socket.on("data", (chunk) => {
    reply += chunk.toString("latin1");
  });
  socket.once("error", () => resolve(false));
  socket.once("close", () => resolve(reply === "PONG\0"));
  return promise;
}

/** `chunk` is what arrived first; everything after it flows through untouched. */
function splice(host: Socket, chunk: Buffer): void {
  const clamd = connect(clamdSocket);
  const closeBoth = () => {
    host.destroy();
    clamd.destroy();
  };
  clamd.once("error", closeBoth);
  clamd.once("close", () => host.end());
  host.once("close", () => clamd.destroy());
  clamd.write(chunk);
  host.pipe(clamd);
  clamd.pipe(host);
}

function dial(): void {
  const host = connect({ path: hostSocket, allowHalfOpen: true });
  host.once("error", () => host.destroy());
  host.once("close", () => setTimeout(dial, redialMs));
  host.once("data", (chunk: Buffer) => {
    host.pause();
    // The replacement is dialled when this one closes; meanwhile the other idle ones serve.
    if (chunk.equals(statusCommand)) {
      host.end(JSON.stringify(readDatabases(databaseDir, shippedDir)));
      return;
    }
    splice(host, chunk);
  });
}

linkDatabases();
const clamd = spawn("/usr/sbin/clamd", ["--config-file", configFile], {
  stdio: ["ignore", "ignore", "inherit"],
});
clamd.once("error", () => process.exit(1));
clamd.once("exit", (code) => process.exit(code ?? 1));
process.once("SIGTERM", () => clamd.kill("SIGTERM"));

while (!(await clamdAnswers())) {
  await new Promise((resolve) => setTimeout(resolve, startupPollMs));
}
for (let index = 0; index < idleConnections; index += 1) dial();
