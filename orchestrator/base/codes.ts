/** Every error code with its HTTP status, what people read (ja, en) and what to do next (ja, en), by area in `codes/`. */
import { fileCodes } from "./codes/file-codes.ts";
import { identityCodes } from "./codes/identity-codes.ts";
import { installationCodes } from "./codes/installation-codes.ts";
import { policyCodes } from "./codes/policy-codes.ts";
import { requestCodes } from "./codes/request-codes.ts";
import { sessionCodes } from "./codes/session-codes.ts";

export const errorCodes = {
  ...requestCodes,
  ...identityCodes,
  ...sessionCodes,
  ...policyCodes,
  ...fileCodes,
  ...installationCodes,
} as const;

export type ErrorCode = keyof typeof errorCodes;
