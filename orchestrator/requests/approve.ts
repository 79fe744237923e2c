/**
 * Approving a request: the chosen entries go into the lists as one published version of the policy. What is to
 * be published is written down before and the outcome after, so that whoever starts next finds out what a crash
 * left; whatever goes wrong leaves the request open.
 */
import { formsOf } from "../../policies/entry-forms.ts";
import type { Addition } from "../../policies/openings.ts";
import type { AuditLog } from "../audit/events.ts";
import { AppError, describeError } from "../base/errors.ts";
import type { PolicyDeskService, PolicyEdit, PublishOutcome } from "../policy-desk/types.ts";
import { additionsText, requestEvent } from "./request-audit.ts";
import type { Intent, RequestStore } from "./store.ts";
import {
  type AccessRequest,
  type DecideOutcome,
  type Decider,
  type RequestDecision,
  targetOf,
} from "./types.ts";

export type Approval = Extract<RequestDecision, { decision: "approve" }>;

export interface ApproveParts {
  readonly store: RequestStore;
  readonly audit: AuditLog;
  readonly policyDesk: Pick<PolicyDeskService, "history" | "publish">;
}

/** Throws ILLEGAL_TRANSITION when somebody else is faster, EDIT_NOT_POSSIBLE when the list is not as thought. */
export async function publishApproval(
  { store, audit, policyDesk }: ApproveParts,
  request: AccessRequest,
  additions: readonly Addition[],
  { expires, answer }: Approval,
  decider: Decider,
): Promise<DecideOutcome> {
  const { current } = policyDesk.history(1);
  if (current === null) throw new AppError("POLICY_INVALID", { reason: "no version" });
  const intent: Intent = {
    by: { id: decider.id, name: decider.name },
    base: current,
    additions: additions.map((each) => ({ ...each })),
    expires,
    answer,
  };
  const failed = (reason: string) =>
    store.abandon(request.id, () =>
      audit.write(
        requestEvent("request-approve", request, decider, { outcome: "failure", reason }),
      ),
    );
  store.intend(request.id, intent, () =>
    audit.write(
      requestEvent("request-decide", request, decider, {
        details: { entries: additionsText(additions), expires, base: current },
      }),
    ),
  );
  let published: PublishOutcome;
  try {
    published = await policyDesk.publish({
      source: { kind: "edits", edits: editsOf(request, intent) },
      as: "edit",
      base: current,
      note: noteOf(request),
      author: intent.by,
      terminal: decider.terminal,
    });
  } catch (error) {
    failed(describeError(error));
    throw error;
  }
  if (published.outcome === "published") {
    const closed = closeApproved(
      { store, audit },
      request,
      intent,
      published.version.number,
      decider,
    );
    return { outcome: "decided", request: closed };
  }
  failed(published.outcome);
  return notPublished(published);
}

export function closeApproved(
  { store, audit }: Pick<ApproveParts, "audit" | "store">,
  request: AccessRequest,
  { by, additions, expires, answer }: Intent,
  version: number,
  who: Parameters<typeof requestEvent>[2],
): AccessRequest {
  return store.close(
    request.id,
    { state: "approved", by: by.name, answer, additions, expires, version },
    (closed) =>
      audit.write(
        requestEvent("request-approve", closed, who, {
          details: { entries: additionsText(additions), expires, version, decidedBy: by.name },
        }),
      ),
    true,
  );
}

/** What a version says of the request it answers; recovery finds it by the id. */
export function noteOf(request: AccessRequest): string {
  return `申請 ${request.id} (${request.userName}): ${targetOf(request)}`.slice(0, 1000);
}

/** One change per list entry, each with its last day, who needs it and which request it answers. */
function editsOf(request: AccessRequest, { additions, expires, by }: Intent): PolicyEdit[] {
  const word = (text: string) => text.replace(/[\s#]/g, "_");
  const comment = `申請により ${word(by.name)} が承認 @owner=${word(request.userName)} @request=${request.id}`;
  return additions.map(({ list, entry }) => ({
    kind: "list",
    list,
    edit: { act: "put", entry, comment, expires },
  }));
}

function notPublished(
  outcome: Exclude<PublishOutcome, { outcome: "published" }>,
): Extract<DecideOutcome, { outcome: "not-published" }> {
  switch (outcome.outcome) {
    case "unchanged":
      // The same lines with the same day stand there: what they should have opened, something else closes.
      throw new AppError("REQUEST_NOT_OPENED", { reason: "unchanged" });
    case "conflict":
      return {
        outcome: "not-published",
        reason: "conflict",
        details: [
          {
            ja: `ほかの変更が先に公開されました（現在の版 ${outcome.current}）。`,
            en: `Another change was published first (version ${outcome.current} is in force).`,
          },
        ],
      };
    case "refused":
      return {
        outcome: "not-published",
        reason: outcome.reason,
        details: [
          ...outcome.trial.problems.map(({ file, line, ja, en }) => ({
            ja: `${file}:${line} ${ja}`,
            en: `${file}:${line} ${en}`,
          })),
          ...outcome.trial.tests.failed.map(({ line, target, expected, got }) => ({
            ja: `tests（${line} 行目）: ${target} は ${expected} のはずが ${got} になります`,
            en: `tests (line ${line}): ${target} should be ${expected} and would be ${got}`,
          })),
        ].slice(0, 20),
      };
  }
}

/** Throws REQUEST_NOT_OPENED unless the form is one that the host can be written in. */
export function entryOf(host: string, form: Approval["form"]): string {
  const found = formsOf(host).find((each) => each.form === form);
  if (!found) throw new AppError("REQUEST_NOT_OPENED", { form });
  return found.entry;
}
