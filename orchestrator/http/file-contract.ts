/**
 * The part of the contract that is about files: downloads as the tray shows them, and uploads (持ち出し).
 * Paths are in contract.ts.
 */
import { z } from "zod";
import { approvalStates } from "../downloads/approvals/types.ts";
import { downloadStages, verdicts } from "../downloads/types.ts";
import { lines } from "./approval-contract.ts";

export const download = z.strictObject({
  id: z.string(),
  name: z.string(),
  sizeBytes: z.int(),
  releasedBytes: z.int().optional(),
  stage: z.enum(downloadStages),
  progress: z.number().min(0).max(1).optional(),
  verdict: z.enum(verdicts).optional(),
  reason: z.string().optional(),
  contentType: z.string().optional(),
  removed: z.array(z.strictObject({ class: z.string(), count: z.int() })),
  messageJa: z.string(),
  messageEn: z.string(),
  releasable: z.boolean(),
  /** A page that was printed: the terminal's print dialog gets it. */
  purpose: z.literal("print").optional(),
  /** Where it was saved to last, as Explorer shows it. */
  savedAs: z.string().optional(),
  receivedAt: z.string(),
  /** It waits for a password: how many more times one may be tried. */
  passwordTries: z.int().optional(),
  /** A person may release it: whether one was asked (then with the request's id), and what they said. */
  approval: z
    .strictObject({
      id: z.string().nullable(),
      state: z.enum(["can", ...approvalStates]),
      answer: z.string(),
    })
    .optional(),
});

/** Opens once, within a minute, for the person it was made for. */
export const saveLink = z.strictObject({ url: z.string(), until: z.string() });
export type SaveLink = z.infer<typeof saveLink>;

/** Candidates for one file: people paste several at once. */
export const downloadPasswords = z.strictObject({
  passwords: z.array(z.string().min(1).max(256)).min(1).max(10),
});
export type Download = z.infer<typeof download>;

/** Folders of a file server that this person may save to, as Explorer shows them. */
export const sharedFolderList = z.strictObject({
  folders: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      shownAs: z.string(),
      originals: z.boolean(),
    }),
  ),
});
export type SharedFolderList = z.infer<typeof sharedFolderList>;
export const saveToFolder = z.strictObject({ folder: z.string().min(1).max(32) });
export const savedFile = z.strictObject({
  /** `\\server\share\report.docx`, for Explorer's address bar. */
  shownAs: z.string(),
  until: z.string(),
});
export type SavedFile = z.infer<typeof savedFile>;

/** First message on a session's upload socket; binary messages with exactly so many bytes follow. */
export const uploadGreeting = z.strictObject({
  type: z.literal("upload"),
  chooser: z.int().min(1).max(1_000_000),
  name: z.string().min(1).max(255),
  /** Asks an approver to let it out, where the rules leave that to a person; the file does not pass by this try. */
  ask: lines.optional(),
  sizeBytes: z
    .int()
    .min(0)
    .max(8 * 1024 ** 3),
});
export type UploadGreeting = z.infer<typeof uploadGreeting>;
/** How far it is, then one of the others. */
export const uploadAnswer = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("progress"),
    /** `passing`: on its way to the page. */
    stage: z.enum(["receiving", "inspecting", "sanitizing", "passing"]),
    done: z.number().min(0).max(1),
  }),
  z.strictObject({ type: z.literal("passed"), messageJa: z.string(), messageEn: z.string() }),
  /** An approver has it. */
  z.strictObject({ type: z.literal("asked") }),
  z.strictObject({
    type: z.literal("held"),
    /** The verdict, or why there is none. */
    why: z.enum([...verdicts, "off", "too-often"]),
    reason: z.string(),
    /** Empty where there is no verdict: the page has its own words for that. */
    messageJa: z.string(),
    messageEn: z.string(),
    mayAsk: z.boolean(),
  }),
]);
export type UploadAnswer = z.infer<typeof uploadAnswer>;
