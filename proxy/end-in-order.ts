/**
 * The orderly end of a proxy process: every connection is cut, what is to be recorded of it is sent, and the process
 * goes when the channel has taken all of it.
 */
import type { RecordChannel } from "./record-channel.ts";

/** @param lastWords goes out behind everything else: when it has left, so has all before it */
export function endInOrder(
  plane: AsyncDisposable,
  records: RecordChannel,
  lastWords: () => object,
): void {
  const leave = (): void => process.exit(0);
  const say = (): void => {
    records.flush();
    if (process.connected) process.send?.(lastWords(), leave);
    else leave();
  };
  // What could not be cut in order is cut by the end of the process.
  void plane[Symbol.asyncDispose]().then(say, say);
}
