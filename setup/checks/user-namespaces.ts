/** Whether Chromium can build its sandbox on this kernel, as a finding of the set-up and the doctor. */
import {
  judgeSettings,
  readSettings,
  type UserNamespaceSettings,
} from "../../orchestrator/engine/user-namespaces.ts";
import { fail, ok, type Finding } from "./finding.ts";

export function judgeUserNamespaces(settings: UserNamespaceSettings): Finding {
  const { detail, fault } = judgeSettings(settings);
  return fault === undefined ? ok(detail) : fail(detail, fault);
}

export async function checkUserNamespaces(): Promise<Finding> {
  return judgeUserNamespaces(await readSettings());
}
