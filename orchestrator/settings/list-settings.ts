/** Every setting of `hanare.yaml`, made of its schema: kind, bounds, standard, and whether the console may change it. Pure. */
import { z } from "zod";
import { configSchema } from "../config/schema.ts";
import type { FixedReason, Setting, SettingValue } from "./types.ts";

/** What the schema says of one place (JSON Schema 2020-12). */
interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Node;
}

type Known = Omit<Setting, "waits" | "written">;

/** What the console may change, but for what is said below. A setting that is new stays out until somebody decides. */
const changeable: ReadonlySet<string> = new Set([
  ...["sessions", "browser", "requests", "policy", "files", "identity"],
  ...["proxy.limits", "terminals.enabled", "terminals.redirectMode", "terminals.limits"],
  ...["practice.enabled", "log.level", "proxy.dnsServers", "terminals.directHosts"],
]);

/** The longest beginning of a path counts. */
const fixed: Readonly<Record<string, FixedReason>> = {
  engine: "machine",
  listen: "reach",
  "sessions.firstUid": "machine",
  "sessions.runtime": "machine",
  "browser.trustCaFiles": "machine",
  "proxy.policyFile": "machine",
  "proxy.uid": "machine",
  "proxy.signerUid": "machine",
  "terminals.uid": "machine",
  "terminals.host": "reach",
  "terminals.port": "reach",
  "terminals.portal": "reach",
  audit: "duty",
  "practice.uid": "machine",
  "practice.host": "machine",
  "log.file": "machine",
  // Who is told of what goes wrong, and where the guard against viruses comes from.
  notifications: "duty",
  signatures: "duty",
  // Who may do what: a mistake, or a stolen sign-in, would take the guard away that stops it.
  "identity.secondFactorRoles": "duty",
};

/** Of `sessions`, what is asked for whenever somebody opens, leaves or does nothing. */
export const liveSessionLimits = [
  "graceSeconds",
  "closedTabGraceSeconds",
  "idleMinutes",
  "idleWarningSeconds",
  "lifetimeHours",
  "lifetimeWarningSeconds",
] as const;

/** What is asked for whenever it is used, so that a change can hold at once. The beginning of a path counts. */
const live: readonly string[] = [
  ...["log.level", "requests", "browser.homepage", "browser.search"],
  ...liveSessionLimits.map((name) => `sessions.${name}`),
];

/** The largest whole number of JSON Schema says nothing. */
const bound = (value: number | undefined): number | null =>
  value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;

export function listSettings(): readonly Known[] {
  return leaves(z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Node, []);
}

function leaves(node: Node, path: readonly string[]): Known[] {
  if (node.properties !== undefined)
    return Object.entries(node.properties).flatMap(([key, each]) => leaves(each, [...path, key]));
  return [known(node, path.join("."))];
}

function known(node: Node, path: string): Known {
  const kind = kindOf(node);
  return {
    ...{ path, kind, options: node.enum ?? [] },
    ...{ minimum: bound(node.minimum), maximum: bound(node.maximum) },
    standard: valueOf(node.default),
    live: live.some((each) => path === each || path.startsWith(`${each}.`)),
    fixed: fixedReason(path) ?? (kind === "list" ? "list" : null),
  };
}

const kinds: Readonly<Record<string, Setting["kind"]>> = {
  integer: "integer",
  number: "number",
  boolean: "boolean",
  string: "text",
};

function kindOf({ type = "", enum: options, items }: Node): Setting["kind"] {
  if (items?.type === "string") return "texts";
  return options === undefined ? (kinds[type] ?? "list") : "choice";
}

function fixedReason(path: string): FixedReason | undefined {
  const parts = path.split(".");
  let isChangeable = false;
  for (let length = parts.length; length > 0; length -= 1) {
    const beginning = parts.slice(0, length).join(".");
    const reason = fixed[beginning];
    if (reason !== undefined) return reason;
    isChangeable ||= changeable.has(beginning);
  }
  return isChangeable ? undefined : "machine";
}

/** What has parts is shown as it would be written. */
export function valueOf(value: unknown): SettingValue {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  return typeof value === "object" ? JSON.stringify(value) : (value as SettingValue);
}
