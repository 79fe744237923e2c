/**
 * A whole installation for end-to-end tests: real images, real proxy, real file desk, own data
 * directory, own id, own port. Images, keys and built pages are those that the set-up made.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadSigningKey } from "../../orchestrator/audit/keys.ts";
import { createAuditWriter } from "../../orchestrator/audit/writer.ts";
import { type InstallationId, newInstallationId } from "../../orchestrator/base/ids.ts";
import { defaultDataDir } from "../../orchestrator/config/load.ts";
import { createFirstAdministrator } from "../../orchestrator/identity/first-administrator.ts";
import { type RunningHanare, startHanare } from "../../orchestrator/main.ts";
import { openDatabase } from "../../orchestrator/store/database.ts";
import { nameServerAddress, testRange } from "./internet.ts";

export interface Installation extends AsyncDisposable {
  readonly hanare: RunningHanare;
  readonly url: string;
  readonly dataDir: string;
  readonly administrator: { readonly name: string; readonly oneTimePassword: string };
  /** Replaces the policy file of the running installation. */
  writePolicy(text: string): Promise<void>;
}

/** First rules of the tests: a deny list, an allow list, the practice site, nothing else. */
export function testPolicy(allowed: readonly string[] = ["www.allowed.test"]): string {
  return `version: 1
name: 試験用
mode: enforce
defaults: { terminal: isolate, isolated: block }
guards:
  ports: { connect: [443], http: [80] }
  permit_ip: [${testRange}]
lists:
  denied: { hosts: [".denied.test"], effect: deny }
  allowed: { hosts: [${[...allowed, "inside.test", "self.test"].map((host) => `"${host}"`).join(", ")}] }
rules:
  - id: R010
    name: 遮断サイト
    plane: [isolated]
    to: { lists: [denied] }
    action: block
    message: 情報政策課の指示により遮断中です。
  - id: R050
    name: 訓練用サイト
    plane: [isolated]
    to: { hosts: ["kunren.hanare.internal"] }
    action: allow
  - id: R100
    name: 許可サイト
    plane: [isolated]
    to: { lists: [allowed] }
    action: allow
`;
}

export interface InstallationOptions {
  readonly config?: Readonly<Record<string, object>>;
  readonly policy?: string;
  /** List files below the policy's folder. */
  readonly lists?: Readonly<Record<string, string>>;
  readonly caFile?: string;
}

export interface PreparedInstallation extends AsyncDisposable {
  readonly id: InstallationId;
  readonly dataDir: string;
  readonly administrator: Installation["administrator"];
  readonly writePolicy: (text: string) => Promise<void>;
}

/** A data directory of its own, nothing running in it. */
export async function prepareInstallation(
  options: InstallationOptions = {},
): Promise<PreparedInstallation> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "hanare-test-"));
  stack.defer(() => rm(dataDir, { recursive: true }));
  const id = newInstallationId();
  const setUp = defaultDataDir();
  for (const each of ["images.json", "keys", "web"])
    await cp(join(setUp, each), join(dataDir, each), { recursive: true });
  await writeFile(join(dataDir, "installation.json"), JSON.stringify({ id }));
  const policyFile = join(dataDir, "policy", "policy.yaml");
  await mkdir(join(dataDir, "policy"));
  for (const [name, text] of Object.entries(options.lists ?? {})) {
    await mkdir(dirname(join(dataDir, "policy", name)), { recursive: true });
    await writeFile(join(dataDir, "policy", name), text);
  }
  await writeFile(policyFile, options.policy ?? testPolicy());
  await writeFile(join(dataDir, "hanare.yaml"), JSON.stringify(testConfig(options)));
  const administrator = await firstAdministrator(dataDir);
  const made = stack.move();
  return {
    id,
    dataDir,
    administrator,
    writePolicy: (text) => writeFile(policyFile, text),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

export async function startInstallation(options: InstallationOptions = {}): Promise<Installation> {
  await using stack = new AsyncDisposableStack();
  const { dataDir, administrator, writePolicy } = stack.use(await prepareInstallation(options));
  const hanare = stack.use(await startHanare({ dataDir }));
  const running = stack.move();
  return {
    hanare,
    dataDir,
    administrator,
    url: `https://localhost:${hanare.port}`,
    writePolicy,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function testConfig({ config = {}, caFile }: InstallationOptions): object {
  return {
    ...config,
    listen: { host: "127.0.0.1", port: 0, ...config["listen"] },
    sessions: { pool: { min: 0, max: 0 }, graceSeconds: 3, ...config["sessions"] },
    proxy: { dnsServers: [nameServerAddress], ...config["proxy"] },
    browser: { ...(caFile === undefined ? {} : { trustCaFiles: [caFile] }), ...config["browser"] },
    // A port of its own for every test; the portal is found by the name of this machine's loopback.
    terminals: { port: 0, ...config["terminals"] },
    log: { level: "info", ...config["log"] },
  };
}

async function firstAdministrator(dataDir: string): Promise<Installation["administrator"]> {
  const database = openDatabase(join(dataDir, "hanare.db"));
  try {
    using audit = createAuditWriter({
      database,
      now: Date.now,
      signingKey: loadSigningKey(join(dataDir, "keys")),
    });
    const made = await createFirstAdministrator(database, audit, {
      hashing: { memoryKib: 1024, passes: 1, lanes: 1 },
    });
    if (!made) throw new Error("the test database had a user already");
    return made;
  } finally {
    database.close();
  }
}
