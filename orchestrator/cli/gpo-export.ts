/** `hanare gpo export`: writes what an AD administrator imports so that terminals use Hanare. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ensureAuthority } from "../../proxy/signer/authority.ts";
import { makePac } from "../../proxy/terminal/pac.ts";
import { dataDirOf, loadConfig } from "../config/load.ts";
import { directHosts, portalNames, portalOrigin, proxyNames } from "../egress/listen-settings.ts";
import { extensionId } from "../extension/crx3.ts";
import { ensureExtensionKey } from "../extension/key.ts";
import { gpoFiles } from "../gpo/files.ts";
import type { TerminalFacts } from "../gpo/settings.ts";
import {
  commonOptions,
  exitCodes,
  noArguments,
  printJson,
  runCommand,
  UsageError,
} from "./command.ts";

const help = `hanare gpo export [--out DIR] [--json] [--data DIR]

Writes the files with which an AD administrator points terminals (Edge, Chrome, Firefox, WinHTTP) at
Hanare: policies as JSON and .reg, a PowerShell script that makes the GPO, certificates, and a page that
explains each setting. DIR defaults to ./hanare-gpo.
AD 管理者が端末に配る設定一式を書き出します。

Exit codes: 0 written, 1 failed, 2 wrong usage.
`;

export function gpoExport(args: string[]): Promise<number> {
  const options = {
    ...commonOptions,
    out: { type: "string" },
    json: { type: "boolean", default: false },
  } as const;
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    noArguments(positionals);
    const data = dataDirOf(values.data);
    const out = resolve(values.out ?? "hanare-gpo");
    const config = await loadConfig(data);
    if (!config.terminals.enabled)
      throw new UsageError(`terminals.enabled is false in ${join(data, "hanare.yaml")}.`);
    const keysDir = join(data, "keys");
    const { redirectMode } = config.terminals;
    const facts: TerminalFacts = {
      portal: portalOrigin(config, config.listen.port),
      proxies: proxyNames(config),
      redirectMode,
      extensionId: extensionId(await ensureExtensionKey(keysDir)),
    };
    const siteCa = await readFile(join(keysDir, "site-ca.crt"), "utf8");
    const redirectCa =
      redirectMode === "mint"
        ? (await ensureAuthority(keysDir, "terminal", portalNames(config), Date.now())).certificate
        : undefined;
    const { portal, proxies } = facts;
    const pac = makePac({ proxies, directHosts: directHosts(config, portal) });
    const certificates = {
      siteCa,
      ...(redirectCa && { redirectCa: `${redirectCa.toString("pem")}\n` }),
    };
    const files = gpoFiles(facts, certificates, pac.text);
    await mkdir(out, { recursive: true });
    for (const [name, content] of files) await writeFile(join(out, name), content);
    if (values.json) printJson({ out, ...facts, files: [...files.keys()] });
    else {
      const names = [...files.keys()].map((name) => `  ${name}\n`).join("");
      process.stdout.write(
        `${out}\n${names}\n手順は tebiki.html にあります。 / Start with tebiki.html.\n`,
      );
    }
    return exitCodes.done;
  });
}
