/** New records of a search, as they come: asks every few seconds for what is newer than the newest shown. */
import { useEffect, useState } from "react";
import type { AuditPage, AuditRecord } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { leaveIfSignedOut } from "../base/me.tsx";
import { type AuditFilters, auditSearch } from "./audit-query.ts";

const pauseMs = 3000;
/** More than anybody reads; what is beyond is found by an ordinary search. */
const most = 500;

export interface Tail {
  /** Newest first. */
  readonly records: readonly AuditRecord[];
  readonly failed: boolean;
}

const nothing: Tail = { records: [], failed: false };

/** `since` is the number of the newest record known; undefined while the tail is off. */
export function useTail(filters: AuditFilters, since: number | undefined): Tail {
  const [tail, setTail] = useState<Tail>(nothing);
  useEffect(() => {
    setTail(nothing);
    if (since === undefined) return;
    const abort = new AbortController();
    let newest = since;
    let timer: number | undefined;
    const ask = async (): Promise<void> => {
      try {
        if (document.visibilityState === "visible") {
          const search = auditSearch(filters, { after: newest, limit: 100 });
          const page = await call<AuditPage>(
            "GET",
            `/api/admin/audit${search}`,
            undefined,
            abort.signal,
          );
          newest = page.records[0]?.seq ?? newest;
          setTail(({ records }) => ({
            records: [...page.records, ...records].slice(0, most),
            failed: false,
          }));
        }
      } catch (error) {
        if (abort.signal.aborted || leaveIfSignedOut(error)) return;
        setTail(({ records }) => ({ records, failed: true }));
      }
      if (!abort.signal.aborted) timer = window.setTimeout(() => void ask(), pauseMs);
    };
    void ask();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [filters, since]);
  return tail;
}
