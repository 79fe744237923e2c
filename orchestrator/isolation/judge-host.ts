/** Judges what the host offers for isolation. Pure. */
import { type Bilingual, both } from "../base/bilingual.ts";
import type { EngineFacts } from "../engine/engine-facts.ts";
import { judgeSettings, type UserNamespaceSettings } from "../engine/user-namespaces.ts";
import type { IsolationRow } from "./types.ts";

export interface HostFacts {
  readonly engine: EngineFacts;
  readonly userNamespaces: UserNamespaceSettings;
  /** Runtime that sessions are configured for. */
  readonly runtime: string;
}

/** The first engine with everything that is used. */
const oldestApi = [1, 41] as const;

const absent: Bilingual = { ja: "（なし）", en: "(absent)" };

export function judgeHost({ engine, userNamespaces, runtime }: HostFacts): IsolationRow[] {
  const { detail, fault } = judgeSettings(userNamespaces);
  const security = engine.securityOptions;
  const seccomp = security.find((option) => option.startsWith("name=seccomp"));
  const appArmor = security.some((option) => option.startsWith("name=apparmor"));
  const rootless = security.some((option) => option.startsWith("name=rootless"));
  const remapped = security.some((option) => option.startsWith("name=userns"));
  const known = engine.runtimes.includes(runtime);
  return [
    {
      id: "user-namespaces",
      level: fault === undefined || fault === "USER_NAMESPACES_APPARMOR" ? "ok" : "fail",
      found: both(
        fault === "USER_NAMESPACES_APPARMOR"
          ? `user.max_user_namespaces = ${userNamespaces.max ?? ""}`
          : detail,
      ),
    },
    {
      id: "apparmor",
      level: fault === "USER_NAMESPACES_APPARMOR" ? "fail" : "ok",
      found:
        fault === "USER_NAMESPACES_APPARMOR"
          ? both(detail)
          : {
              ja: `${appArmor ? "有効" : "無効"}、${restriction(userNamespaces, "ja")}`,
              en: `${appArmor ? "on" : "off"}, ${restriction(userNamespaces, "en")}`,
            },
    },
    {
      id: "seccomp",
      level: seccomp === undefined ? "fail" : "ok",
      found: seccomp === undefined ? absent : both(seccomp),
    },
    {
      id: "cgroup",
      level: engine.cgroupVersion === "" ? "fail" : "ok",
      found: both(`v${engine.cgroupVersion || "?"}, ${engine.cgroupDriver}`),
    },
    {
      id: "engine",
      level: isOld(engine.apiVersion) ? "fail" : "ok",
      found: both(`Docker Engine ${engine.version}, API ${engine.apiVersion}`),
    },
    {
      id: "runtime",
      level: known ? "ok" : "fail",
      found: {
        ja: `${runtime}${known ? "" : " は登録されていません"} (${engine.runtimes.join(", ")})`,
        en: `${runtime}${known ? "" : " is not registered"} (${engine.runtimes.join(", ")})`,
      },
    },
    {
      id: "engine-user",
      // A flaw of the engine is then a flaw of the machine: true of every rootful engine, said openly.
      level: "ok",
      found: both(rootless ? "rootless" : remapped ? "root, userns-remap" : "root"),
    },
    {
      id: "kernel",
      level: "ok",
      found: both(`${engine.kernelVersion}, ${engine.operatingSystem}`),
    },
  ];
}

const restriction = ({ apparmor }: UserNamespaceSettings, language: keyof Bilingual): string =>
  `apparmor_restrict_unprivileged_userns = ${apparmor ?? absent[language]}`;

function isOld(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split(".").map(Number);
  return major < oldestApi[0] || (major === oldestApi[0] && minor < oldestApi[1]);
}
