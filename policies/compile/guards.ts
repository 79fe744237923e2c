/** Guards and ranges of addresses. Pure. */
import type { CompiledPolicy } from "../compiled.ts";
import { parseRange } from "../guards/address-class.ts";
import type { Path } from "../positions.ts";
import { quote } from "../problem.ts";
import type { Context } from "./context.ts";

export function compileGuards(context: Context): CompiledPolicy["guards"] {
  const { guards } = context.value;
  return {
    connectPorts: guards.ports.connect,
    httpPorts: guards.ports.http,
    // The special-purpose table is always on; naming it is allowed because it reads well.
    denyIp: compileRanges(
      context,
      ["guards", "deny_ip"],
      guards.deny_ip,
      "builtin:special-purpose",
    ),
    permitIp: compileRanges(context, ["guards", "permit_ip"], guards.permit_ip),
    ipLiterals: guards.host.ip_literals,
    singleLabel: guards.host.single_label,
  };
}

/** @param ignored a word that may stand among the ranges and adds nothing */
export function compileRanges(
  context: Context,
  path: Path,
  ranges: readonly string[],
  ignored?: string,
): string[] {
  return ranges.flatMap((text, index) => {
    if (text === ignored) return [];
    const range = parseRange(text);
    if (range === text || (range !== undefined && !text.includes("/"))) return [range];
    context.report(
      [...path, index],
      `「${quote(text)}」はアドレスの範囲として正しくありません。「${range ?? "203.0.113.0/24"}」のように書いてください。`,
      `"${quote(text)}" is not an address range; write ${range === undefined ? 'one such as "203.0.113.0/24"' : `"${range}"`}.`,
    );
    return [];
  });
}

export function compileTerminalGroups(context: Context): CompiledPolicy["terminalGroups"] {
  return Object.entries(context.value.groups).flatMap(([group, { terminals }]) =>
    terminals
      ? [{ group, ranges: compileRanges(context, ["groups", group, "terminals"], terminals) }]
      : [],
  );
}
