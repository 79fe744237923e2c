/**
 * Node writes out the stack of every error that ends a socket. That of a connection which its peer reset or left
 * always names the same lines of Node's and none of ours, and writing it costs more than everything that we do
 * with such a connection. These errors keep their message; all others keep their stack, as V8 writes it.
 */
const ofPeers = new Set<unknown>(["ECONNRESET", "EPIPE"]);

/** A place in a stack, as V8 writes it. */
interface Site {
  toString(): string;
}

export function prepareStackTrace(error: Error, sites: readonly Site[]): string {
  const head = String(error);
  if (sites.length === 0 || ("code" in error && ofPeers.has(error.code))) return head;
  return `${head}\n    at ${sites.join("\n    at ")}`;
}

/** For a whole process. */
export function briefStacks(): void {
  Error.prepareStackTrace = prepareStackTrace;
}
