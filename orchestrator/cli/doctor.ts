/**
 * `hanare doctor`: looks at everything Hanare needs from this machine and says what to do about what is
 * wrong. Changes nothing; one probe container is started, looked at and removed. Exit codes: 0 all well
 * (warnings included), 1 something fails, 2 wrong usage.
 */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkClock } from "../../setup/checks/clock.ts";
import { checkDisk } from "../../setup/checks/disk.ts";
import { fail, type Finding, ok, warn } from "../../setup/checks/finding.ts";
import { checkMemory } from "../../setup/checks/memory.ts";
import { checkPort, findHolder } from "../../setup/checks/port.ts";
import { checkRedirectCa } from "../../setup/checks/redirect-ca.ts";
import { dataNeedBytes, engineKeepBytes } from "../../setup/checks/sizes.ts";
import { checkUserNamespaces } from "../../setup/checks/user-namespaces.ts";
import type { EngineApi } from "../../setup/engine/api.ts";
import { findEngine } from "../../setup/engine/find-engine.ts";
import { readImageRefs } from "../../setup/images/refs.ts";
import { chooseLanguage, linesFor, type Language } from "../../setup/language.ts";
import { describeProblem, SetupError } from "../../setup/problems.ts";
import { describeError, isAppError } from "../base/errors.ts";
import { engineSocket } from "../config/engine-socket.ts";
import { dataDirOf, loadConfig } from "../config/load.ts";
import { imageTags, loadInstallationId } from "../config/installation.ts";
import { makePaths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import { adminCall, adminText } from "./admin-client.ts";
import { isolationRows } from "./doctor-isolation.ts";
import { forwardFinding } from "./forward-finding.ts";
import { limitsFinding } from "./limits-finding.ts";

const usage = `hanare doctor [--json] [--data DIR]
この機械を診断します。何も変更しません。 / Checks this machine; changes nothing.
終了コード / exit codes: 0 well, 1 something fails, 2 wrong usage
`;

/** A probe container may take as long as a session to start. */
const checkMs = 60_000;
const dayMs = 24 * 60 * 60 * 1000;
const renewDays = 30;

interface Row {
  readonly id: string;
  readonly finding: Finding;
}

/** A check that throws is a check that failed: what it found out is in its error. */
async function row(id: string, check: () => Promise<Finding>): Promise<Row> {
  try {
    return { id, finding: await check() };
  } catch (error) {
    if (error instanceof SetupError)
      return { id, finding: fail(error.message, error.code, error.facts) };
    return { id, finding: { level: "fail", detail: describeError(error) } };
  }
}

async function checkEngine(
  socket: string,
  engine: EngineApi | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  if (engine === undefined) {
    return fail(`${socket}: not running`, "ENGINE_REFUSED", { socket, reason: "not running" });
  }
  const { Version, ApiVersion } = await engine.version(signal);
  return ok(`Docker Engine ${Version}, API ${ApiVersion}`);
}

async function engineRows(engine: EngineApi, dataDir: string, signal: AbortSignal): Promise<Row[]> {
  return [
    await row("seccomp", async () => {
      const { SecurityOptions } = await engine.info(signal);
      const found = (SecurityOptions ?? []).find((option) => option.includes("seccomp"));
      return found === undefined ? fail("seccomp is absent", "NO_SECCOMP") : ok(found);
    }),
    await row("disk-engine", async () =>
      checkDisk((await engine.info(signal)).DockerRootDir, engineKeepBytes, "DISK_FULL_ENGINE"),
    ),
    await row("images", async () => {
      const refs = imageTags(await readImageRefs(dataDir));
      const missing: string[] = [];
      for (const ref of refs)
        if ((await engine.findImage(ref, signal)) === undefined) missing.push(ref);
      if (refs.length > 0 && missing.length === 0) return ok(refs.join(", "));
      return fail(missing.join(", ") || "not built yet", "IMAGES_MISSING");
    }),
  ];
}

async function checkConfig(dataDir: string): Promise<{ row: Row; config: Config | undefined }> {
  const file = join(dataDir, "hanare.yaml");
  try {
    return { row: { id: "configuration", finding: ok(file) }, config: await loadConfig(dataDir) };
  } catch (error) {
    const detail = isAppError(error)
      ? String(error.context["detail"] ?? error.message)
      : describeError(error);
    return {
      row: {
        id: "configuration",
        finding: fail(detail, "CONFIG_INVALID", { file, editor: "vi" }),
      },
      config: undefined,
    };
  }
}

/** A taken port is well when it is Hanare itself that has it. */
async function checkPortal(dataDir: string, config: Config): Promise<Finding> {
  const { host, port } = config.listen;
  const found = await checkPort({ host, port, configFile: join(dataDir, "hanare.yaml") });
  if (found.level === "ok") return found;
  const id = await loadInstallationId(dataDir).catch(() => undefined);
  const answer =
    id === undefined
      ? undefined
      : await adminCall(makePaths(dataDir, id).adminSocket, "GET", "/api/health").catch(
          () => undefined,
        );
  return answer === undefined
    ? found
    : ok(`${host}:${port}: Hanare (${(await findHolder(port)) ?? "?"})`);
}

async function checkCertificate(dataDir: string): Promise<Finding> {
  const file = join(dataDir, "keys", "server.crt");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return fail(`${file}: absent`, "CERTIFICATE_RENEW", { days: 0 });
  const days = Math.floor((Date.parse(new X509Certificate(text).validTo) - Date.now()) / dayMs);
  const detail = `${days} days left`;
  if (days < 0) return fail(detail, "CERTIFICATE_RENEW", { days });
  return days < renewDays ? warn(detail, "CERTIFICATE_RENEW", { days }) : ok(detail);
}

/** Whether something answers with a PAC file where terminals are sent. */
async function checkTerminals({ terminals, listen }: Config): Promise<Finding> {
  const { port } = terminals;
  const bound = terminals.host ?? listen.host;
  const host = bound === "0.0.0.0" || bound === "::" ? "127.0.0.1" : bound;
  const url = `http://${host}:${port}/proxy.pac`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
  const type = answer?.headers.get("content-type") ?? "";
  if (type.startsWith("application/x-ns-proxy-autoconfig")) return ok(url);
  const holder = await findHolder(port);
  return holder === undefined
    ? { level: "warn", detail: `${url}: not running` }
    : fail(`${host}:${port}: ${holder}`, "TERMINAL_PORT_TAKEN", { port, holder });
}

/** Of the running proxies; nothing to say where Hanare does not run. */
async function checkLimits(dataDir: string): Promise<Finding> {
  const id = await loadInstallationId(dataDir).catch(() => undefined);
  const text =
    id === undefined
      ? undefined
      : await adminText(makePaths(dataDir, id).adminSocket, "/api/admin/metrics").catch(
          () => undefined,
        );
  return text === undefined ? ok("not running") : limitsFinding(text);
}

/** Where records are to go, if anywhere. */
function checkForward(dataDir: string, server: Config["audit"]["forward"]): Promise<Finding> {
  if (!server) return Promise.resolve(ok("off"));
  return Promise.resolve(forwardFinding(join(dataDir, "hanare.db"), server, Date.now()));
}

/** Rows of the host's isolation and of a probe container; one row when they cannot be had. */
async function isolation(dataDir: string, config: Config): Promise<readonly Row[]> {
  try {
    return await isolationRows(dataDir, config);
  } catch (error) {
    const what = describeError(error);
    return [{ id: "isolation", finding: fail(what, "ISOLATION_WEAK", { what }) }];
  }
}

async function examine(dataDir: string, signal: AbortSignal): Promise<Row[]> {
  const { row: configRow, config } = await checkConfig(dataDir);
  let engine: EngineApi | undefined;
  const engineRow = await row("engine", async () => {
    const socket = engineSocket(config?.engine.socket);
    engine = await findEngine(socket, signal);
    return checkEngine(socket, engine, signal);
  });
  return [
    await row("root", () =>
      Promise.resolve(
        process.getuid?.() === 0
          ? ok("root")
          : fail(`uid ${process.getuid?.() ?? "?"}`, "NOT_ROOT"),
      ),
    ),
    engineRow,
    ...(engine === undefined ? [] : await engineRows(engine, dataDir, signal)),
    await row("user-namespaces", checkUserNamespaces),
    ...(engine === undefined || config === undefined ? [] : await isolation(dataDir, config)),
    await row("memory", checkMemory),
    await row("disk-data", () => checkDisk(dataDir, dataNeedBytes, "DISK_FULL_DATA")),
    configRow,
    ...(config === undefined ? [] : [await row("port", () => checkPortal(dataDir, config))]),
    await row("clock", () => checkClock(true)),
    await row("certificate", () => checkCertificate(dataDir)),
    await row("proxy-limits", () => checkLimits(dataDir)),
    ...(config?.audit.forward === undefined
      ? []
      : [await row("audit-forward", () => checkForward(dataDir, config.audit.forward))]),
    ...(config?.terminals.enabled === true
      ? [await row("terminals", () => checkTerminals(config))]
      : []),
    ...(config?.terminals.redirectMode === "mint"
      ? [await row("redirect-ca", () => checkRedirectCa(join(dataDir, "keys"), Date.now()))]
      : []),
  ];
}

function describe({ id, finding }: Row): object {
  const { level, detail, problem } = finding;
  return {
    id,
    level,
    detail,
    ...(problem ? { code: problem.code, ...describeProblem(problem.code, problem.facts) } : {}),
  };
}

const marks = { ok: "✓", warn: "!", fail: "✗" } as const;

function print({ id, finding }: Row, language: Language): void {
  process.stdout.write(`  ${marks[finding.level]} ${id.padEnd(16)} ${finding.detail}\n`);
  if (!finding.problem) return;
  const text = describeProblem(finding.problem.code, finding.problem.facts);
  for (const line of linesFor(language, text)) process.stdout.write(`      ${line}\n`);
  process.stdout.write(`      → ${text.mend}\n`);
}

export async function doctor(args: string[]): Promise<number> {
  let values: { json?: boolean; help?: boolean; data?: string };
  try {
    ({ values } = parseArgs({
      args,
      options: {
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        data: { type: "string" },
      },
    }));
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n${usage}`);
    return 2;
  }
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const rows = await examine(dataDirOf(values.data), AbortSignal.timeout(checkMs));
  const healthy = rows.every(({ finding }) => finding.level !== "fail");
  if (values.json === true)
    process.stdout.write(`${JSON.stringify({ healthy, checks: rows.map(describe) })}\n`);
  else for (const each of rows) print(each, chooseLanguage());
  return healthy ? 0 : 1;
}
