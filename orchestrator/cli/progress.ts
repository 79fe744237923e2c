/** How far a long command is, on stderr: in place at a terminal, else a line every ten percent. */
export function showProgress(
  stream: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean } = process.stderr,
): (what: string, part: number) => void {
  const step = stream.isTTY === true ? 1 : 10;
  let shown = "";
  return (what, part) => {
    const percent = Math.floor((Math.min(part, 1) * 100) / step) * step;
    const line = `${what} ${percent} %`;
    if (line === shown) return;
    shown = line;
    if (stream.isTTY === true) stream.write(`\r\u001b[K${line}${percent === 100 ? "\n" : ""}`);
    else stream.write(`${line}\n`);
  };
}

/** Aborted by Ctrl+C and by SIGTERM. Disposing stops listening. */
export function stopSignal(): { readonly signal: AbortSignal } & Disposable {
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error("止めました / stopped"));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  return {
    signal: stop.signal,
    [Symbol.dispose]() {
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    },
  };
}
