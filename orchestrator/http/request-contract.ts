/**
 * The part of the contract that is about asking for what was refused. All of it under /api.
 *
 *   GET    /api/requests                → MyRequests                      (signed in; one's own)
 *   GET    /api/requests/refusals/:id   → Refusal                         (made to this person or terminal, else 404)
 *   POST   /api/requests                NewRequest → MyRequest            (422, 409, 429; asked already: that one)
 *   DELETE /api/requests/:id            → MyRequest                       (owner only, else 404; 409 unless open)
 *   GET    /api/admin/requests          RequestListQuery → RequestPage    (list-admin, system-admin)
 *   GET    /api/admin/requests/:id      → RequestDetailView               (the same)
 *   POST   /api/admin/requests/:id/decide  DecideBody → DecideAnswer      (the same, just proved, never one's own;
 *                                                                          409 conflict, 422 not published)
 */
import { z } from "zod";
import { explanationShape } from "./policy-contract.ts";
import { mostPassedRules, neverReasons, requestStates, toldReasons } from "../requests/types.ts";

export { requestStates };

/** What people write: some lines, no control characters. */
const prose = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u);
const lines = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .regex(/^(?:[^\p{Cc}]|[\n\r\t])*$/u);

const state = z.enum(requestStates);
export type RequestState = z.infer<typeof state>;
const form = z.enum(["exact", "below", "domain"]);
export type EntryForm = z.infer<typeof form>;

export const newRequest = z.strictObject({
  /** Reference of the refusal; everything else about it is known to the server. */
  refusal: z.string().regex(/^q[A-Za-z0-9_-]{12}$/),
  reason: lines(1, 500),
});

export const myRequest = z.strictObject({
  id: z.string(),
  state,
  host: z.string(),
  /** Address without query. */
  target: z.string(),
  rule: z.string(),
  reason: z.string(),
  askedAt: z.string(),
  decidedAt: z.string().nullable(),
  answer: z.string(),
  /** Last day of what was opened. */
  expires: z.string().nullable(),
});
export type MyRequest = z.infer<typeof myRequest>;

/** Whether the person can ask for a refusal. */
export const askView = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("can"), before: myRequest.optional() }),
  z.strictObject({ state: z.literal("asked"), request: myRequest }),
  z.strictObject({ state: z.literal("never"), why: z.enum(neverReasons) }),
  z.strictObject({ state: z.literal("open") }),
]);
export type AskView = z.infer<typeof askView>;

/** Rules that the request went past, as far as they are the person's business (policies/passed-rules.ts). */
export const passedView = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        rule: z.string(),
        ruleName: z.string().exactOptional(),
        why: z.enum(toldReasons),
      }),
    )
    .max(mostPassedRules),
  others: z.int(),
});

export const refusalView = z.strictObject({
  id: z.string(),
  at: z.string(),
  plane: z.enum(["isolated", "terminal"]),
  host: z.string(),
  rule: z.string(),
  ruleName: z.string().optional(),
  list: z.string().optional(),
  line: z.int().optional(),
  owner: z.string().optional(),
  message: z.string().optional(),
  ask: askView,
  passed: passedView.optional(),
});
export type RefusalView = z.infer<typeof refusalView>;

export const myRequests = z.strictObject({
  requests: z.array(myRequest),
  /** The latest refusals of the person's isolated browsers that can be asked for. */
  recent: z.array(refusalView),
});
export type MyRequests = z.infer<typeof myRequests>;

export const requestListQuery = z.strictObject({
  state: state.optional(),
  q: z.string().max(200).optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

export const adminRequest = myRequest.extend({
  seq: z.int(),
  userName: z.string(),
  groups: z.array(z.string()),
  terminal: z.string().nullable(),
  plane: z.enum(["isolated", "terminal"]),
  ruleName: z.string().nullable(),
  list: z.string().nullable(),
  line: z.int().nullable(),
  owner: z.string().nullable(),
  refusalId: z.string(),
  decidedBy: z.string().nullable(),
  additions: z.array(z.strictObject({ list: z.string(), entry: z.string() })),
  version: z.int().nullable(),
  /** The caller's own: somebody else has to decide it. */
  isOwn: z.boolean(),
});
export type AdminRequest = z.infer<typeof adminRequest>;

export const requestPage = z.strictObject({
  requests: z.array(adminRequest),
  open: z.int(),
  nextBefore: z.int().nullable(),
});
export type RequestPage = z.infer<typeof requestPage>;

const opening = z.strictObject({
  id: z.string(),
  additions: z.array(z.strictObject({ list: z.string(), entry: z.string() })),
  verdict: z.string(),
  rule: z.string(),
  ruleName: z.string().optional(),
  groups: z.array(z.string()),
});
export const requestDetail = z.strictObject({
  request: adminRequest,
  explanation: explanationShape,
  owner: z.string().nullable(),
  outlook: z.discriminatedUnion("state", [
    z.strictObject({ state: z.literal("open"), verdict: z.string() }),
    z.strictObject({ state: z.literal("never"), why: z.enum(neverReasons) }),
    z.strictObject({
      state: z.literal("askable"),
      forms: z.array(z.strictObject({ form, entry: z.string(), openings: z.array(opening) })),
    }),
  ]),
  proposedExpiry: z.string(),
  longestExpiry: z.string(),
});
export type RequestDetailView = z.infer<typeof requestDetail>;

export const decideBody = z.discriminatedUnion("decision", [
  z.strictObject({ decision: z.literal("refuse"), answer: lines(1, 500) }),
  z.strictObject({
    decision: z.literal("approve"),
    /** Id of an opening; left out where the policy lets it through by now. */
    opening: prose(1, 200).optional(),
    form,
    expires: z.iso.date(),
    answer: lines(0, 500).default(""),
  }),
]);

export const decideAnswer = z.discriminatedUnion("outcome", [
  z.strictObject({ outcome: z.literal("decided"), request: adminRequest }),
  z.strictObject({
    outcome: z.literal("not-published"),
    reason: z.enum(["conflict", "problems", "tests"]),
    details: z.array(z.strictObject({ ja: z.string(), en: z.string() })),
  }),
]);
export type DecideAnswer = z.infer<typeof decideAnswer>;
