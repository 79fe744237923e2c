/**
 * A business terminal as Group Policy leaves it: a real Chromium with a profile of its own and the managed
 * policies it is given, seen by it alone (a mount namespace of its own; nothing under /etc changes). Its links
 * can be opened from outside, as a mail program does it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumPath } from "./terminal.ts";

export interface ManagedTerminal extends AsyncDisposable {
  readonly context: BrowserContext;
  /** `chromium URL`, the way other programs open a link; resolves with the tab that the browser opens. */
  openLink(url: string): Promise<Page>;
}

export interface ManagedTerminalOptions {
  /** As they stand in a policy file. */
  readonly policies: Readonly<Record<string, unknown>>;
  /** PEM of the roots that the terminal trusts, which Windows keeps in its own store. */
  readonly trusted?: readonly string[];
  readonly args?: readonly string[];
}

/** What a terminal's Chromium does by itself and tests otherwise keep it from: extensions come by policy. */
const notLeftOut = ["--disable-extensions", "--disable-background-networking"];
/** Not headless: only a real browser process takes links from a second call. No display is needed for it. */
const place = ["--no-sandbox", "--ozone-platform=headless"];
const size = ["--ozone-override-screen-size=1280,820", "--window-size=1280,820"];

export async function startManagedTerminal({
  policies,
  trusted = [],
  args = [],
}: ManagedTerminalOptions): Promise<ManagedTerminal> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  stack.defer(() => rm(folder, { recursive: true, maxRetries: 5 }));
  const command = await withPolicies(folder, policies, trusted);
  const profile = join(folder, "profile");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: command,
    headless: false,
    viewport: null,
    ignoreDefaultArgs: notLeftOut,
    args: [...place, ...size, "--lang=ja", "--disable-component-update", ...args],
  });
  stack.defer(() => context.close());
  const running = stack.move();
  return {
    context,
    async openLink(url) {
      const opened = context.waitForEvent("page");
      const call = spawn(command, [...place, `--user-data-dir=${profile}`, url], {
        stdio: "ignore",
      });
      const [code] = (await once(call, "exit")) as [number | null];
      if (code !== 0) throw new Error(`chromium URL ended with ${code}`);
      return opened;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A command that is Chromium under these policies. */
async function withPolicies(
  folder: string,
  policies: Readonly<Record<string, unknown>>,
  trusted: readonly string[],
): Promise<string> {
  const managed = join(folder, "etc", "policies", "managed");
  await cp("/etc/chromium", join(folder, "etc"), { recursive: true });
  await mkdir(managed, { recursive: true });
  const roots = trusted.map((pem) => new X509Certificate(pem).raw.toString("base64"));
  await writeFile(join(managed, "hanare.json"), JSON.stringify(policies));
  await writeFile(join(managed, "roots.json"), JSON.stringify({ CACertificates: roots }));
  const command = join(folder, "chromium");
  await writeFile(
    command,
    `#!/bin/sh
exec unshare --mount -- sh -c 'mount --bind "$0" /etc/chromium && exec ${chromiumPath} "$@"' ${folder}/etc "$@"
`,
  );
  await chmod(command, 0o755);
  return command;
}
