/**
 * What gVisor's sentry says about the browser inside, asked by one command in a container that nobody has
 * used. Hearsay: a container whose sentry was taken over would say the same. It finds mistakes of ours, such
 * as a browser that came up without its sandbox, and nothing else. Pure.
 */
import { sandboxOff } from "./verify-kernel.ts";
import type { Weakness } from "./weakness.ts";

const mark = "--";

/** Prints, for every process: its number, its Seccomp line, its pid and net namespaces, its command line. */
export const hearsayCommand: readonly string[] = [
  "node",
  "-e",
  `const fs=require("fs");for(const p of fs.readdirSync("/proc").filter(n=>/^[0-9]+$/.test(n)))try{
const s=/^Seccomp:\\s*(\\d+)/m.exec(fs.readFileSync("/proc/"+p+"/status","utf8"))?.[1];
const ns=k=>fs.readlinkSync("/proc/"+p+"/ns/"+k);
console.log([p,s,ns("pid"),ns("net"),"${mark}",fs.readFileSync("/proc/"+p+"/cmdline","utf8").replace(/[\\0\\n]/g," ")].join(" "))}catch{}`,
];

interface Told {
  readonly pid: string;
  readonly seccomp: string;
  readonly namespaces: readonly [pid: string, net: string];
  readonly commandLine: string;
}

export function parseHearsay(text: string): Told[] {
  return text.split("\n").flatMap((line): Told[] => {
    const [, pid, seccomp, pidSpace, net, commandLine] =
      /^(\d+) (\S+) (\S+) (\S+) -- (.*)$/.exec(line) ?? [];
    if (pid === undefined || seccomp === undefined || commandLine === undefined) return [];
    return [{ pid, seccomp, namespaces: [pidSpace ?? "", net ?? ""], commandLine }];
  });
}

/** Chromium's sandbox as the sentry tells it: a renderer is there, filtered, and in namespaces of its own. */
export function weakerByHearsay(told: readonly Told[]): Weakness[] {
  const first = told.find(({ pid }) => pid === "1");
  const renderers = told.filter(({ commandLine }) => commandLine.includes("--type=renderer"));
  const off = told.flatMap(({ commandLine }) => sandboxOff.exec(commandLine)?.[0] ?? []);
  const differ = (flag: string, wanted: string, found: string): Weakness[] =>
    wanted === found ? [] : [{ flag, wanted, found }];
  return [
    ...(renderers.length === 0 || !first ? differ("renderers", "some", "none") : []),
    ...differ("chromium flags", "", off.join(" ")),
    ...renderers.flatMap((each) => [
      ...differ("renderer Seccomp", "2", each.seccomp),
      ...(["pid", "net"] as const).flatMap((kind, at) =>
        each.namespaces[at] === first?.namespaces[at]
          ? [{ flag: `renderer ${kind} namespace`, wanted: "its own", found: "the container's" }]
          : [],
      ),
    ]),
  ];
}
