/** Loads something when a page opens and on demand: loading, then a value or an error, never both. */
import { useCallback, useEffect, useState } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import { call, toErrorBody } from "./api.ts";
import { leaveIfSignedOut } from "./me.tsx";

export type Loaded<Value> =
  | { readonly state: "loading" }
  | { readonly state: "error"; readonly error: ErrorBody }
  | { readonly state: "value"; readonly value: Value; readonly refreshing: boolean };

/** `everyMs` polls while the page is visible. The old value stays on screen while a newer one is fetched. */
export function useLoad<Value>(
  path: string,
  everyMs?: number,
): { readonly loaded: Loaded<Value>; readonly reload: () => void } {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: "loading" });
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((count) => count + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    setLoaded((before) =>
      before.state === "value" ? { ...before, refreshing: true } : { state: "loading" },
    );
    call<Value>("GET", path, undefined, abort.signal).then(
      (value) => setLoaded({ state: "value", value, refreshing: false }),
      (error: unknown) => {
        if (abort.signal.aborted || leaveIfSignedOut(error)) return;
        setLoaded({ state: "error", error: toErrorBody(error) });
      },
    );
    return () => abort.abort();
  }, [path, turn]);

  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = window.setInterval(() => {
      if (document.visibilityState === "visible") reload();
    }, everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs, reload]);

  return { loaded, reload };
}
