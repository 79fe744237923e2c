/** The groups that somebody typed, separated by commas of either width. Pure. */
export function groupsOf(typed: string): string[] {
  const groups = typed.split(/[,、，]/).map((group) => group.trim());
  return [...new Set(groups.filter((group) => group !== ""))];
}
