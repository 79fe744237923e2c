/**
 * First contact: runs under whatever Node ≥ 18 the machine has, with nothing installed. It brings
 * node_modules to what package-lock.json says and hands over to setup/main.ts under the pinned Node 24.
 *
 * - No package's install script runs (newer npm versions block them anyway): the pinned Node comes as a
 *   platform package with its own integrity in the lock and is put where `node` would have put it.
 * - `npm install --no-save` instead of `npm ci`: `ci` refuses a lock when the registry at hand lacks
 *   packages of foreign platforms. Exactness is checked afterwards, by comparing what npm recorded.
 * - Deliberately does nothing else: everything that can be TypeScript is in setup/main.ts.
 */
import { spawn } from "node:child_process";
import {
  linkSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  readlinkSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const command = process.argv[2] ?? "start";
const rest = process.argv.slice(3);

function language() {
  const asked = process.env["HANARE_LANG"] ?? process.env["LANG"] ?? "";
  if (/^ja/i.test(asked)) return "ja";
  return /^en/i.test(asked) ? "en" : "both";
}

/** @param {string} ja @param {string} en */
function text(ja, en) {
  const lang = language();
  if (lang === "both") return `${ja} / ${en}`;
  return lang === "ja" ? ja : en;
}

/** @param {string} ja @param {string} en @param {string} mend @returns {never} */
function stop(ja, en, mend) {
  process.stderr.write(`\n  ✗ ${text(ja, en)}\n    → ${mend}\n`);
  process.exit(1);
}

/** @param {string} path @returns {any} */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // Missing or half-written: both mean "install".
    return undefined;
  }
}

/** First package that is missing or differs from the lock; undefined when node_modules is exactly the lock. */
function firstDifference() {
  const locked = readJson(join(root, "package-lock.json"))?.packages;
  if (locked === undefined) return "package-lock.json";
  const installed = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (installed === undefined) return "node_modules";
  for (const [path, want] of Object.entries(locked)) {
    if (path === "") continue;
    const have = installed[path];
    // Optional packages are for other platforms, or could not be fetched; the pinned Node is checked by itself.
    if (have === undefined && want.optional) continue;
    if (have?.version !== want.version || have.integrity !== want.integrity) return path;
  }
  return undefined;
}

function wantedNode() {
  return readJson(join(root, "package.json"))?.dependencies?.node;
}

function pinnedNodeReady() {
  const platform = readJson(
    join(root, "node_modules", `node-linux-${process.arch}`, "package.json"),
  );
  if (platform?.version !== wantedNode()) return false;
  try {
    const from = lstatSync(join(root, "node_modules", `node-linux-${process.arch}`, "bin", "node"));
    const to = lstatSync(join(root, "node_modules", "node", "bin", "node"));
    return (
      to.isFile() &&
      to.size === from.size &&
      readlinkSync(join(root, "node_modules", ".bin", "node")) === "../node/bin/node"
    );
  } catch {
    // Not there yet.
    return false;
  }
}

/** Puts the platform package's binary where the `node` package would have put it. Atomic, repeatable. */
function placePinnedNode() {
  const from = join(root, "node_modules", `node-linux-${process.arch}`, "bin", "node");
  const to = join(root, "node_modules", "node", "bin", "node");
  mkdirSync(dirname(to), { recursive: true });
  mkdirSync(join(root, "node_modules", ".bin"), { recursive: true });
  const fresh = `${to}.${process.pid}`;
  try {
    linkSync(from, fresh);
  } catch {
    // A file system without hard links.
    copyFileSync(from, fresh);
  }
  // rename() onto another link of the same file does nothing: remove what is there first.
  rmSync(to, { force: true });
  renameSync(fresh, to);
  const link = join(root, "node_modules", ".bin", "node");
  rmSync(link, { force: true });
  symlinkSync("../node/bin/node", link);
}

/** @param {string[]} args @returns {Promise<{code: number, output: string}>} */
function npm(args) {
  return new Promise((resolve) => {
    // npm sets npm_execpath for what it starts: the same npm, whatever PATH says.
    const cli = process.env["npm_execpath"];
    const isScript = cli !== undefined && /npm-cli\.js$/.test(cli);
    const child = isScript
      ? spawn(process.execPath, [cli, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] })
      : spawn("npm", args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      output = (output + chunk.toString("utf8")).slice(-20_000);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve({ code: 127, output: String(error) }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

async function installPackages() {
  const started = Date.now();
  const name = text("パッケージの準備", "Packages");
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const timer = process.stdout.isTTY
    ? setInterval(() => process.stdout.write(`\r\x1b[2K  … ${name}  ${seconds()}`), 200)
    : undefined;
  if (timer === undefined) process.stdout.write(`  … ${name}\n`);
  const result = await npm([
    "install",
    "--no-save",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ]);
  clearInterval(timer);
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[2K");
  const different = result.code === 0 ? firstDifference() : undefined;
  if (result.code !== 0 || different !== undefined) {
    process.stderr.write(`${result.output}\n`);
    stop(
      "npm のパッケージを取得できませんでした。",
      `npm could not install the pinned packages${different === undefined ? "" : ` (${different} differs from the lock)`}.`,
      "npm ping; npm config get registry; npm start",
    );
  }
  process.stdout.write(`  ✓ ${name}  ${seconds()}\n`);
}

/** Runs the set-up under the pinned Node, in a session of its own so that each signal reaches it once. */
function handOver() {
  const node = join(root, "node_modules", "node", "bin", "node");
  const child = spawn(
    node,
    ["--disable-warning=ExperimentalWarning", join(root, "setup", "main.ts"), command, ...rest],
    {
      cwd: root,
      env: {
        ...process.env,
        PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"}`,
      },
      // The channel tells the child when this process is gone, however it went.
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      detached: true,
    },
  );
  let lastForward = 0;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      // Ctrl+C arrives twice: from the terminal and from npm, which forwards it.
      if (Date.now() - lastForward < 500) return;
      lastForward = Date.now();
      child.kill(signal);
    });
  }
  // npm hands a signal to the shell in between, which dies of it without a word to this process.
  const parent = process.ppid;
  if (process.env["npm_lifecycle_event"] !== undefined) {
    setInterval(() => {
      if (process.ppid !== parent) child.kill("SIGTERM");
    }, 500).unref();
  }
  child.on("error", (error) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 130);
  });
}

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 18) {
  stop(
    "Node 18 以上が必要です。",
    `Node 18 or newer is needed; this is ${process.version}.`,
    "apt-get install nodejs npm",
  );
}
if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
  stop(
    "Linux (x64 または arm64) で実行してください。",
    `Hanare runs on Linux, x64 or arm64; this is ${process.platform} ${process.arch}.`,
    "Debian 12 / 13",
  );
}
// The same check stands in the set-up's preflight; here it saves a wait that could only end in this message.
if (process.getuid?.() !== 0) {
  stop(
    "管理者 (root) で実行してください。",
    "Hanare must be started as root.",
    `sudo npm ${command === "start" ? "start" : `run ${command}`}`,
  );
}
if (firstDifference() !== undefined) await installPackages();
if (!pinnedNodeReady()) {
  try {
    placePinnedNode();
  } catch (error) {
    stop(
      "Node 24 を準備できませんでした。",
      `The pinned Node could not be put in place (${String(error)}).`,
      `npm install --no-save --ignore-scripts node-linux-${process.arch}@${wantedNode()}`,
    );
  }
}
handOver();
