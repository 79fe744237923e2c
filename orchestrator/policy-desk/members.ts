/** How many people are in each group, from the accounts. Pure. */
export function countMembers(
  people: readonly { readonly groups: readonly string[] }[],
): [group: string, people: number][] {
  const counts = new Map<string, number>();
  for (const { groups } of people)
    for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts];
}
