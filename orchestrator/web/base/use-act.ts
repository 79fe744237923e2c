/** An act of a dialog: busy while it runs, and the error it ended with. A page that is signed out is left. */
import { useState } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import { toErrorBody } from "./api.ts";
import { leaveIfSignedOut } from "./me.tsx";

export interface Act {
  readonly busy: boolean;
  readonly error: ErrorBody | null;
  /** Done when the work is, whatever came of it; `onFailed` hears that it failed. */
  readonly run: (work: () => Promise<unknown>, onFailed?: () => void) => Promise<void>;
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorBody | null>(null);
  const run: Act["run"] = async (work, onFailed) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      if (leaveIfSignedOut(failure)) return;
      onFailed?.();
      setError(toErrorBody(failure));
    }
    setBusy(false);
  };
  return { busy, error, run };
}
