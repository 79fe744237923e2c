/** Whether the portal can listen where the configuration says; if not, who is in the way. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { fail, ok, type Finding } from "./finding.ts";

interface Place {
  readonly host: string;
  readonly port: number;
  readonly configFile: string;
}

/** Listens for a moment. Resolves with the system's error code, or undefined when it worked. */
async function tryListening(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  const failure = await new Promise<string | undefined>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => resolve(undefined));
  });
  if (failure === undefined) await new Promise((resolve) => server.close(resolve));
  return failure;
}

/** Socket inodes that listen on `port`, from the text of /proc/net/tcp or tcp6. */
export function listeningInodes(text: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return text
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === "0A" && local?.endsWith(`:${wanted}`) === true)
    .flatMap((fields) => fields[9] ?? []);
}

/** Name and pid of the process that listens on `port`; undefined when it cannot be seen. */
export async function findHolder(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  const wanted = new Set(
    tables.flatMap((text) => listeningInodes(text, port)).map((inode) => `socket:[${inode}]`),
  );
  if (wanted.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    // Processes come and go while this runs.
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      if (!wanted.has(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ""))) continue;
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "?");
      return `${name.trim()}, pid ${pid}`;
    }
  }
  return undefined;
}

export async function checkPort({ host, port, configFile }: Place): Promise<Finding> {
  const failure = await tryListening(host, port);
  const detail = `${host}:${port}`;
  if (failure === undefined) return ok(detail);
  if (failure === "EADDRINUSE") {
    const holder = (await findHolder(port)) ?? "?";
    return fail(`${detail}: ${holder}`, "PORT_TAKEN", { port, holder, config: configFile });
  }
  return fail(`${detail}: ${failure}`, "ADDRESS_UNUSABLE", {
    host,
    port,
    reason: failure,
    config: configFile,
  });
}
