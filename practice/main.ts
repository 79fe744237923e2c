/**
 * The practice site's process: loads everything, gives up its rights, then listens on a unix socket.
 * It has no network, reads no file afterwards, and ends when its parent is gone.
 *
 * node practice/main.ts --socket PATH --host NAME --uid N
 */
import { rmSync } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { loadContent } from "./content.ts";
import { createPracticeServer } from "./server.ts";

/** Groups first: without root they could no longer be given up. */
function dropTo(uid: number): void {
  if (process.getuid?.() === uid) return;
  process.setgroups?.([uid]);
  process.setgid?.(uid);
  process.setuid?.(uid);
}

const { values } = parseArgs({
  options: { socket: { type: "string" }, host: { type: "string" }, uid: { type: "string" } },
});
const { socket, host } = values;
const uid = Number(values.uid);
if (socket === undefined || host === undefined || !Number.isInteger(uid) || uid < 1) {
  process.stderr.write("usage: main.ts --socket PATH --host NAME --uid N\n");
  process.exit(2);
}

const server = createPracticeServer(await loadContent(host));
dropTo(uid);
await rm(socket, { force: true });
await new Promise<void>((resolve, reject) => {
  server.once("error", reject);
  server.listen(socket, resolve);
});
// The folder's group is the proxy's: it may connect, nobody else.
await chmod(socket, 0o660);

const stop = (): void => {
  rmSync(socket, { force: true });
  process.exit(0);
};
process.on("SIGTERM", stop).on("SIGINT", stop);
// The parent died: by now the socket may be that of its successor's site.
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "ready" });
