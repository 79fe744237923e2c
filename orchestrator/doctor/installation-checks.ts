/** What the doctor looks at in an installation: its file, ports, certificate, proxies and log server. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, type Finding, ok, warn } from "../../setup/checks/finding.ts";
import { checkPort, findHolder } from "../../setup/checks/port.ts";
import { describeError, isAppError } from "../base/errors.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { limitsFinding } from "./limits-finding.ts";
import type { Row } from "./row.ts";
import type { Running } from "./types.ts";

const dayMs = 24 * 60 * 60 * 1000;
const renewDays = 30;

export async function checkConfig(
  dataDir: string,
): Promise<{ readonly row: Row; readonly config: Config | undefined }> {
  const file = join(dataDir, "hanare.yaml");
  try {
    return { config: await loadConfig(dataDir), row: { id: "configuration", finding: ok(file) } };
  } catch (error) {
    const { detail: said, detailJa } = isAppError(error) ? error.context : {};
    const en = typeof said === "string" ? said : describeError(error);
    const detail = { ja: typeof detailJa === "string" ? detailJa : en, en };
    const finding = fail(detail, "CONFIG_INVALID", { file, editor: "vi" });
    return { config: undefined, row: { id: "configuration", finding } };
  }
}

/** A taken port is well when it is Hanare itself that has it. */
export async function checkPortal(
  dataDir: string,
  { listen: { host, port } }: Config,
  running: Running,
): Promise<Finding> {
  const found = await checkPort({ host, port, configFile: join(dataDir, "hanare.yaml") });
  if (found.level === "ok" || !(await running.answers())) return found;
  return ok(`${host}:${port}: Hanare (${(await findHolder(port)) ?? "?"})`);
}

export async function checkCertificate(dataDir: string): Promise<Finding> {
  const file = join(dataDir, "keys", "server.crt");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined)
    return fail({ ja: `${file}: ありません`, en: `${file}: absent` }, "CERTIFICATE_RENEW", {
      days: 0,
    });
  const days = Math.floor((Date.parse(new X509Certificate(text).validTo) - Date.now()) / dayMs);
  const detail = { ja: `残り ${days} 日`, en: `${days} days left` };
  if (days < 0) return fail(detail, "CERTIFICATE_RENEW", { days });
  return days < renewDays ? warn(detail, "CERTIFICATE_RENEW", { days }) : ok(detail);
}

/** Whether something answers with a PAC file where terminals are sent. */
export async function checkTerminals({ terminals, listen }: Config): Promise<Finding> {
  const { port } = terminals;
  const bound = terminals.host ?? listen.host;
  const host = bound === "0.0.0.0" || bound === "::" ? "127.0.0.1" : bound;
  const url = `http://${host}:${port}/proxy.pac`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
  const type = answer?.headers.get("content-type") ?? "";
  await answer?.body?.cancel();
  if (type.startsWith("application/x-ns-proxy-autoconfig")) return ok(url);
  const holder = await findHolder(port);
  return holder === undefined
    ? warn({ ja: `${url}: 応答なし`, en: `${url}: no answer` }, "TERMINALS_DOWN", { url })
    : fail(`${host}:${port}: ${holder}`, "TERMINAL_PORT_TAKEN", { port, holder });
}

/** Of the running proxies; nothing to say where Hanare does not run. */
export async function checkLimits(running: Running): Promise<Finding> {
  const text = await running.metrics();
  return text === undefined ? ok({ ja: "動いていません", en: "not running" }) : limitsFinding(text);
}
