/** From requests and refusals to what pages may see: people know each other by name, never by id. Pure. */
import {
  type AccessRequest,
  type AskState,
  type KnownRefusal,
  type PassedRules,
  type RequestDetail,
  targetOf,
} from "../requests/types.ts";
import type {
  AdminRequest,
  AskView,
  MyRequest,
  RefusalView,
  RequestDetailView,
} from "./request-contract.ts";
import type { Caller } from "./route.ts";

export function toMyRequest(request: AccessRequest): MyRequest {
  const { id, state, host, rule, reason, answer, expires, askedAt, decidedAt } = request;
  return {
    ...{ id, state, host, rule, reason, answer, expires },
    target: targetOf(request),
    askedAt: new Date(askedAt).toISOString(),
    decidedAt: decidedAt === null ? null : new Date(decidedAt).toISOString(),
  };
}

export function toAdminRequest(request: AccessRequest, { user }: Caller): AdminRequest {
  const { seq, userName, groups, terminal, plane, ruleName, list, line, owner } = request;
  const { refusalId, decidedBy, additions, version } = request;
  return {
    ...toMyRequest(request),
    ...{ seq, userName, terminal, plane, ruleName, list, line, owner },
    ...{ refusalId, decidedBy, version },
    groups: [...groups],
    additions: additions.map((each) => ({ ...each })),
    isOwn: request.userId === user.id,
  };
}

export function toAskView(ask: AskState): AskView {
  switch (ask.state) {
    case "can":
      return { state: "can", ...(ask.before && { before: toMyRequest(ask.before) }) };
    case "asked":
      return { state: "asked", request: toMyRequest(ask.request) };
    case "never":
    case "open":
      return ask;
  }
}

export function toRefusalView(
  { record }: KnownRefusal,
  ask: AskState,
  passed?: PassedRules,
): RefusalView {
  const { id, at, plane, host, rule, ruleName, list, line, owner, message } = record;
  return {
    ...{ id, at, plane, host, rule },
    ...(ruleName !== undefined && { ruleName }),
    ...(list !== undefined && { list }),
    ...(line !== undefined && { line }),
    ...(owner !== undefined && { owner }),
    ...(message !== undefined && { message }),
    ask: toAskView(ask),
    ...(passed && { passed: { ...passed, rules: passed.rules.map((each) => ({ ...each })) } }),
  };
}

export function toRequestDetail(detail: RequestDetail, caller: Caller): RequestDetailView {
  const { explanation, owner, outlook, proposedExpiry, longestExpiry } = detail;
  return {
    request: toAdminRequest(detail.request, caller),
    explanation: { ...explanation, trace: [...explanation.trace] },
    ...{ owner, proposedExpiry, longestExpiry },
    outlook:
      outlook.state === "askable"
        ? {
            state: "askable",
            forms: outlook.forms.map(({ form, entry, openings }) => ({
              ...{ form, entry },
              openings: openings.map((each) => ({
                ...each,
                groups: [...each.groups],
                additions: each.additions.map((addition) => ({ ...addition })),
              })),
            })),
          }
        : outlook,
  };
}
