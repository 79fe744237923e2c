/** Sends a decision and keeps what came of it: done, not published with reasons, or an error. */
import { useState } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import type { DecideAnswer } from "../../http/request-contract.ts";
import { call, toErrorBody } from "../base/api.ts";
import { leaveIfSignedOut } from "../base/me.tsx";

export type NotPublished = Extract<DecideAnswer, { outcome: "not-published" }>;

export function useDecide(
  id: string,
  onDone: () => void,
): {
  readonly busy: boolean;
  readonly error: ErrorBody | null;
  readonly notPublished: NotPublished | null;
  readonly send: (body: object) => Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorBody | null>(null);
  const [notPublished, setNotPublished] = useState<NotPublished | null>(null);
  const send = async (body: object): Promise<void> => {
    setBusy(true);
    setError(null);
    setNotPublished(null);
    try {
      const path = `/api/admin/requests/${encodeURIComponent(id)}/decide`;
      const answer = await call<DecideAnswer>("POST", path, body);
      if (answer.outcome === "decided") {
        onDone();
        return;
      }
      setNotPublished(answer);
    } catch (failure) {
      if (leaveIfSignedOut(failure)) return;
      setError(toErrorBody(failure));
    }
    setBusy(false);
  };
  return { busy, error, notPublished, send };
}
