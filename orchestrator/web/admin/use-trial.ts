/** Tries a candidate on the server and follows it until it is known. Asked anew whenever `body` changes. */
import { useEffect, useState } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import type { Trial, TrialView } from "../../http/policy-contract.ts";
import { call, toErrorBody } from "../base/api.ts";
import { leaveIfSignedOut } from "../base/me.tsx";

export type TrialState =
  | { readonly state: "running"; readonly progress: number }
  | { readonly state: "done"; readonly trial: Trial }
  | { readonly state: "failed"; readonly error: ErrorBody };

const pollMs = 400;
const begun: TrialState = { state: "running", progress: 0 };

/** @param body of the call, as JSON: the same text is the same trial */
export function useTrial(body: string): TrialState {
  const [state, setState] = useState<TrialState>(begun);
  useEffect(() => {
    const abort = new AbortController();
    setState(begun);
    follow(body, setState, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted || leaveIfSignedOut(error)) return;
      setState({ state: "failed", error: toErrorBody(error) });
    });
    return () => abort.abort();
  }, [body]);
  return state;
}

async function follow(
  body: string,
  tell: (state: TrialState) => void,
  signal: AbortSignal,
): Promise<void> {
  const started: unknown = JSON.parse(body);
  const { id } = await call<{ id: string }>("POST", "/api/admin/policy/trials", started, signal);
  for (;;) {
    const job = await call<TrialView>("GET", `/api/admin/policy/trials/${id}`, undefined, signal);
    tell(job);
    if (job.state !== "running") return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    signal.throwIfAborted();
  }
}
