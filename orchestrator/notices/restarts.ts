/**
 * Which parts ended by themselves within the last hour, from counters that only grow: a part that ends again and
 * again is one condition that lasts, and is told once.
 */
const rememberedMs = 3_600_000;

/** `counts` of the first look are what happened before somebody looked: nobody's news. */
export function makeRestarts(): (
  counts: Readonly<Record<string, number>>,
  nowMs: number,
) => readonly string[] {
  let before: Readonly<Record<string, number>> | undefined;
  const endedAt = new Map<string, number>();
  return (counts, nowMs) => {
    for (const [part, count] of Object.entries(counts))
      if (count > (before?.[part] ?? count)) endedAt.set(part, nowMs);
    before = { ...counts };
    return [...endedAt].filter(([, at]) => nowMs - at < rememberedMs).map(([part]) => part);
  };
}
