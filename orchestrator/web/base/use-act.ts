/** An act of a page or dialog: busy while it runs, and the error it ended with. A page that is signed out is left. */
import { useState } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import { toErrorBody } from "./api.ts";
import { leaveIfSignedOut } from "./me.tsx";

export interface Act {
  readonly busy: boolean;
  readonly error: ErrorBody | null;
  /** Done when the work is, whatever came of it. False: it failed, and `error` says why unless the page is being left. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorBody | null>(null);
  const run: Act["run"] = async (work) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (failure) {
      if (!leaveIfSignedOut(failure)) setError(toErrorBody(failure));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run };
}
