/** Sends a decision and keeps what came of it: done, not published with reasons, or an error. */
import { useState } from "react";
import type { DecideAnswer } from "../../http/request-contract.ts";
import { call } from "../base/api.ts";
import { type Act, useAct } from "../base/use-act.ts";
import { tellRequestsChanged } from "../ui/waiting-requests.tsx";

export type NotPublished = Extract<DecideAnswer, { outcome: "not-published" }>;

export function useDecide(
  id: string,
  onDone: () => void,
): Pick<Act, "busy" | "error"> & {
  readonly notPublished: NotPublished | null;
  readonly send: (body: object) => Promise<void>;
} {
  const { busy, error, run } = useAct();
  const [notPublished, setNotPublished] = useState<NotPublished | null>(null);
  const send = async (body: object): Promise<void> => {
    setNotPublished(null);
    await run(async () => {
      const path = `/api/admin/requests/${encodeURIComponent(id)}/decide`;
      const answer = await call<DecideAnswer>("POST", path, body);
      if (answer.outcome === "decided") {
        onDone();
        tellRequestsChanged();
      } else setNotPublished(answer);
    });
  };
  return { busy, error, notPublished, send };
}
