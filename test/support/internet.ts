/**
 * The tests' own internet: a Docker network on a documentation range (198.51.100.0/24, RFC 5737) with an
 * origin server and a name server in containers. Nothing outside this machine is ever asked.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { testImages } from "./images.ts";
import { makeTestAuthority } from "./internet/certificate.ts";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));

export const originAddress = "198.51.100.10";
export const nameServerAddress = "198.51.100.53";
export const testRange = "198.51.100.0/24";

/** Names of the test internet; inside.test and self.test resolve to where no rule may lead. */
export const testNames = {
  "www.allowed.test": [originAddress],
  "www.denied.test": [originAddress],
  "www.direct.test": [originAddress],
  // 日本語.test
  "xn--wgv71a119e.test": [originAddress],
  "www.unlisted.test": [originAddress],
  "inside.test": ["10.0.0.5"],
  // The bridge's own address: this very machine, although in the permitted range.
  "self.test": ["198.51.100.1"],
} as const;

export interface TestInternet extends AsyncDisposable {
  readonly nameServer: string;
  /** PEM file of the authority behind the origin's certificate. */
  readonly caFile: string;
}

export async function startInternet(): Promise<TestInternet> {
  await using stack = new AsyncDisposableStack();
  const id = `hanare-test-${randomBytes(4).toString("hex")}`;
  const scratch = await mkdtemp(join(tmpdir(), "hanare-test-"));
  stack.defer(() => rm(scratch, { recursive: true }));
  const authority = await makeTestAuthority(Object.keys(testNames));
  const caFile = join(scratch, "ca.crt");
  await writeFile(caFile, authority.caCert);
  await writeFile(join(scratch, "origin.crt"), authority.serverCert);
  await writeFile(join(scratch, "origin.key"), authority.serverKey);

  stack.defer(async () => {
    await run("docker", ["network", "rm", id]);
  });
  await run("docker", [
    "network",
    "create",
    "--internal",
    "--subnet",
    testRange,
    "--label",
    `hanare=${id}`,
    id,
  ]);

  const start = async (name: string, address: string, args: readonly string[]): Promise<void> => {
    const container = `${id}-${name}`;
    stack.defer(async () => {
      await run("docker", ["rm", "-f", container]);
    });
    const mounts = ["-v", `${here}:/support:ro`, "-v", `${scratch}:/tls:ro`];
    const place = [
      "--network",
      id,
      "--ip",
      address,
      "--label",
      `hanare=${id}`,
      "--name",
      container,
      "--user",
      "0:0",
    ];
    const node = [
      "--entrypoint",
      "/usr/local/bin/node",
      testImages().browser,
      "--disable-warning=ExperimentalWarning",
    ];
    await run("docker", ["run", "-d", "--init", ...place, ...mounts, ...node, ...args]);
  };
  await start("origin", originAddress, ["/support/internet/origin.ts"]);
  await start("dns", nameServerAddress, ["/support/internet/dns.ts", JSON.stringify(testNames)]);

  const running = stack.move();
  return {
    nameServer: nameServerAddress,
    caFile,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
