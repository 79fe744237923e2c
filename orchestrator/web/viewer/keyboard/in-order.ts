/**
 * Keeps text and keys in the order they were typed. Text travels by the control socket and keys by the
 * picture socket; nothing orders the two on the other side. When the way changes, what follows waits
 * until the former has had `gapMs` to arrive; a run of keys, or of text, never waits.
 *
 * Lives by the injected clock and timer; owns nothing else.
 */
export interface Lanes<Item> {
  /** Which socket the item takes. */
  readonly laneOf: (item: Item) => "key" | "text";
  readonly send: (item: Item) => void;
  readonly now: () => number;
  /** Runs `act` after `ms`. */
  readonly later: (act: () => void, ms: number) => void;
  readonly gapMs: number;
}

export function createInOrder<Item>(lanes: Lanes<Item>): (item: Item) => void {
  const waiting: Item[] = [];
  let last: { readonly lane: "key" | "text"; readonly at: number } | null = null;
  let scheduled = false;

  const waitFor = (item: Item): number =>
    last === null || last.lane === lanes.laneOf(item) ? 0 : last.at + lanes.gapMs - lanes.now();

  const drain = (): void => {
    scheduled = false;
    for (let item = waiting[0]; item !== undefined; item = waiting[0]) {
      const ms = waitFor(item);
      if (ms > 0) {
        scheduled = true;
        lanes.later(drain, ms);
        return;
      }
      waiting.shift();
      last = { lane: lanes.laneOf(item), at: lanes.now() };
      lanes.send(item);
    }
  };

  return (item) => {
    waiting.push(item);
    if (!scheduled) drain();
  };
}
