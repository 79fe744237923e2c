/**
 * Notices a slow line: asks the gateway for an echo now and then and times the answer. Slow is said when two
 * answers in a row, or one that does not come, took too long; and taken back by two quick ones. Lives by the
 * injected clock and timer.
 */
export interface LinkWatchParts {
  readonly ask: (n: number) => void;
  readonly onSlow: (slow: boolean) => void;
  readonly now: () => number;
  /** Runs `act` every `ms` until the returned function is called. */
  readonly every: (ms: number, act: () => void) => () => void;
}

export interface LinkWatch {
  readonly answered: (n: number) => void;
  readonly close: () => void;
}

export const askEveryMs = 5000;
/** A person feels an answer that takes longer. */
export const slowMs = 700;
const inARow = 2;

export function watchLink({ ask, every, now, onSlow }: LinkWatchParts): LinkWatch {
  let asked = 0;
  let waiting: { readonly n: number; readonly at: number } | null = null;
  let slow = false;
  let run = { slow: false, count: 0 };

  const note = (isSlow: boolean): void => {
    run = { slow: isSlow, count: run.slow === isSlow ? run.count + 1 : 1 };
    if (run.count < inARow || slow === isSlow) return;
    slow = isSlow;
    onSlow(slow);
  };

  const stop = every(askEveryMs, () => {
    if (waiting !== null) {
      // It did not come in all this time: as bad as two slow ones.
      note(true);
      note(true);
    }
    asked += 1;
    waiting = { n: asked, at: now() };
    ask(asked);
  });

  return {
    answered: (n) => {
      if (waiting?.n !== n) return;
      note(now() - waiting.at > slowMs);
      waiting = null;
    },
    close: stop,
  };
}
