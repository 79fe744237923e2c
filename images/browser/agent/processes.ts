/**
 * The programs of the container: Xvnc, openbox, Chromium; when one of them ends, the agent ends. And those
 * whose end is no matter here: one encoder for each viewer that has a picture, one for sound while it is heard.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";

export const controlSocket = "/run/hanare/control.sock";
export const pictureSocket = "/tmp/vnc.sock";
/** Where the sound device looks for somebody who listens (sound/sound.h has the same). */
export const soundSocket = "/tmp/sound.sock";
export const downloadDirectory = "/home/browser/downloads";
export const uploadDirectory = "/home/browser/uploads";

/** Written by the host before the container; absent when it knows of no terminal yet. */
const displayFile = "/run/hanare/display.json";

const start = readStart();
/** WIDTHxHEIGHT of the display at its start. */
const startGeometry = `${start.width}x${start.height}`;
/** How large pages are drawn at the start, in percent. */
export const startScalePct = start.scalePct;

function readStart(): { width: number; height: number; scalePct: number } {
  const usual = { width: 1280, height: 720, scalePct: 100 };
  if (!existsSync(displayFile)) return usual;
  const told = JSON.parse(readFileSync(displayFile, "utf8")) as Partial<typeof usual>;
  return { ...usual, ...told };
}

const display = ":1";
const xSocketDirectory = "/tmp/.X11-unix";
export const displaySocket = `${xSocketDirectory}/X1`;

/**
 * The clipboard is decided outside the container, so Xvnc neither sends nor accepts cut text, and
 * AllowOverride is empty: no X client can switch it back on.
 */
const xvncArguments = [
  display,
  // Written to when it listens; its socket's file is there before that, and refuses whoever dials it then.
  ...["-displayfd", "3"],
  ...["-geometry", startGeometry, "-depth", "24", "-dpi", "96"],
  ...[
    "-SecurityTypes",
    "None",
    "-rfbport",
    "-1",
    "-rfbunixpath",
    pictureSocket,
    "-rfbunixmode",
    "0600",
  ],
  ...["-nolisten", "tcp", "-AlwaysShared=1", "-AcceptSetDesktopSize=1", "-FrameRate=60"],
  ...["-SendCutText=0", "-AcceptCutText=0", "-SendPrimary=0", "-SetPrimary=0", "-AllowOverride="],
];

/** Chromium's own sandbox stays on: there is no --no-sandbox here, and none is ever added. */
const chromiumArguments = [
  "--remote-debugging-pipe",
  "--kiosk",
  "--user-data-dir=/home/browser/profile",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-breakpad",
  "--disable-crash-reporter",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-extensions",
  "--disable-component-extensions-with-background-pages",
  "--disable-domain-reliability",
  // Whose accounts are signed in, and which parts are new, Chromium asks its maker whatever its policies say, and at
  // ever longer intervals when it is refused. Neither is of use here: both go to a name that is never anybody's
  // (RFC 6761), past the proxy (ProxyBypassList), where there is no network. The log keeps what people did.
  "--gaia-url=https://nowhere.invalid",
  "--component-updater=url-source=https://nowhere.invalid/",
  // No GPU in the container: software drawing at once instead of after failed probes.
  "--disable-gpu",
  "--password-store=basic",
  "--lang=ja",
  "--start-fullscreen",
  // A page that closes the last window does not take the session with it: the agent opens another.
  "--keep-alive-for-test",
  // Downloads over plain http are inspected by the host anyway; without this the browser holds them back
  // for a click that a kiosk window has no button for.
  // The omnibox pop-ups are web pages of the browser that nobody sees behind our own address bar.
  "--disable-features=InsecureDownloadWarnings,DownloadBubble,OptimizationHints,MediaRouter,AutofillServerCommunication,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
  // A page's window over all others would be a tab without an address here.
  "--disable-blink-features=DocumentPictureInPictureAPI",
  "about:blank",
];

/** All the programs get; nothing of the engine's or of Node's own comes along. */
const environment = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/home/browser",
  LANG: "C.UTF-8",
  LANGUAGE: "ja",
  TZ: "Asia/Tokyo",
};

function run(
  command: string,
  args: readonly string[],
  extraPipes = 0,
  moreEnvironment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(command, args, {
    env: { ...environment, ...moreEnvironment, DISPLAY: display },
    stdio: ["ignore", "ignore", "ignore", ...Array<"pipe">(extraPipes).fill("pipe")],
  });
  child.once("exit", (code, signal) => {
    process.stderr.write(`${command} ended: ${signal ?? code ?? "unknown"}\n`);
    process.exit(70);
  });
  child.once("error", () => process.exit(71));
  return child;
}

export async function startDisplay(): Promise<void> {
  mkdirSync(xSocketDirectory, { recursive: true, mode: 0o1777 });
  const [, , , listening] = run("Xvnc", xvncArguments, 1).stdio;
  if (!listening) throw new Error("no word of the display");
  await once(listening, "data");
  run("openbox", ["--config-file", "/opt/hanare/openbox.xml"]);
}

/** The container's sound card (sound/device.c), and what Chromium asks of it before it plays anything. */
const soundDevice = { LD_PRELOAD: "/usr/local/lib/hanare/hanare-sound.so" };

/** Chromium with the ends of its debugging pipe. */
export function startChromium(): { readonly input: Readable; readonly output: Writable } {
  mkdirSync(downloadDirectory, { recursive: true, mode: 0o700 });
  const child = run("/usr/lib/chromium/chromium", chromiumArguments, 2, soundDevice);
  const [, , , output, input] = child.stdio;
  if (!output || !input) throw new Error("no debugging pipe");
  return { input: input as Readable, output: output as Writable };
}

/** Dials the host for this stream by itself; nothing of the picture passes through the agent. */
export function openScreen(stream: string): void {
  spawn("hanare-encoder", [controlSocket, stream, pictureSocket], {
    env: { ...environment, DISPLAY: display },
    stdio: ["ignore", "ignore", "inherit"],
  }).once("error", (error) => process.stderr.write(`encoder: ${error.message}\n`));
}

/** Takes the place of the one before it at soundSocket, and dials the host for this stream by itself. */
export function startSound(stream: string): ChildProcess {
  return spawn("hanare-sound", [controlSocket, stream], {
    env: environment,
    stdio: ["ignore", "ignore", "inherit"],
  }).once("error", (error) => process.stderr.write(`sound: ${error.message}\n`));
}
