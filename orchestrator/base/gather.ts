/** Open sockets and the like by what they have in common, for as long as each is open. */
interface Closing {
  once(event: "close", listener: () => void): unknown;
}

/** Puts `each` among those of its key, until it closes; the set is all of them. */
export function gather<T extends Closing>(
  all: Map<string, Set<T>>,
  key: string,
  each: T,
): ReadonlySet<T> {
  const some = (all.get(key) ?? new Set<T>()).add(each);
  all.set(key, some);
  each.once("close", () => {
    some.delete(each);
    if (some.size === 0 && all.get(key) === some) all.delete(key);
  });
  return some;
}
