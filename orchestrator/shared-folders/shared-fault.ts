/** What people are told of a writer's fault. Pure. */
import { AppError } from "../base/errors.ts";
import type { ErrorCode } from "../base/codes.ts";
import type { WriterFault } from "./wire.ts";

const codes: Readonly<Record<WriterFault, ErrorCode>> = {
  "not-mounted": "SHARED_FOLDER_AWAY",
  "no-folder": "SHARED_FOLDER_MISSING",
  full: "SHARED_FOLDER_FULL",
  refused: "SHARED_FOLDER_MISSING",
  failed: "SHARED_FOLDER_AWAY",
};

export const sharedFault = (fault: WriterFault, detail: string): AppError =>
  new AppError(codes[fault], { fault, detail });
