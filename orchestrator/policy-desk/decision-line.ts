/**
 * One recorded decision as one line: what a replay needs and nothing more. No person, no session, no query
 * string. Tab-separated, because a million lines are read in a second and `grep` reads them too. Pure.
 *
 *   time-ms  plane  via  host  port  groups  verdict  rule  terminal  path
 */
import { type Action, actions, type Plane, planes } from "../../policies/compiled.ts";
import type { RecordedDecision } from "../../policies/replay.ts";

const mostPath = 256;

export function writeDecision(record: RecordedDecision): string {
  const { at, plane, via, host, port, groups, verdict, rule, terminal = "", path = "" } = record;
  const fields = [
    at,
    plane,
    via,
    clean(host),
    port,
    groups.map((group) => encodeURIComponent(group.toWellFormed())).join(","),
    verdict,
    clean(rule),
    clean(terminal),
    clean(path.replace(/[?#].*$/s, "").slice(0, mostPath)),
  ];
  return `${fields.join("\t")}\n`;
}

function clean(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, "?");
}

const groupSets = new Map<string, readonly string[]>();

/** Undefined for a line that is cut off or not ours. */
export function readDecision(line: string): RecordedDecision | undefined {
  const [at, plane, via, host, port, groups, verdict, rule, terminal, path, ...more] =
    line.split("\t");
  const time = Number(at);
  if (!Number.isSafeInteger(time) || !isPlane(plane) || !isAction(verdict)) return undefined;
  if (via !== "connect" && via !== "http") return undefined;
  if (host === undefined || rule === undefined || path === undefined || more.length > 0)
    return undefined;
  return {
    at: time,
    plane,
    via,
    host,
    port: Number(port),
    groups: groupsOf(groups ?? ""),
    verdict,
    rule,
    ...(terminal !== undefined && terminal !== "" && { terminal }),
    ...(path !== "" && { path }),
  };
}

/** The same few sets come again and again; each is made once. */
function groupsOf(text: string): readonly string[] {
  const known = groupSets.get(text);
  if (known) return known;
  const made = text === "" ? [] : text.split(",").map(decode);
  if (groupSets.size < 10_000) groupSets.set(text, made);
  return made;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A damaged line names a group that nobody has.
    return text;
  }
}

const isPlane = (text: string | undefined): text is Plane => planes.some((each) => each === text);
const isAction = (text: string | undefined): text is Action =>
  actions.some((each) => each === text);
