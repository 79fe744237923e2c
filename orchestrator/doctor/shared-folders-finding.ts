/** Whether every shared folder is mounted and answers. Looks only. */
import { fail, type Finding, ok } from "../../setup/checks/finding.ts";
import type { Bilingual } from "../base/bilingual.ts";
import type { SharedFolder } from "../config/shared-folders.ts";
import { runWriter } from "../shared-folders/run-writer.ts";

const checkSeconds = 10;

/** The first that is away; else all of them. */
export async function sharedFoldersFinding(folders: readonly SharedFolder[]): Promise<Finding> {
  const findings = await Promise.all(folders.map(findingOf));
  const away = findings.find(({ level }) => level !== "ok");
  const all = (language: keyof Bilingual): string =>
    findings.map(({ detail }) => detail[language]).join("; ");
  return away ?? ok({ ja: all("ja"), en: all("en") });
}

async function findingOf({ id, mount, shownAs }: SharedFolder): Promise<Finding> {
  const answer = await runWriter({ do: "check", place: { mount, parts: [] } }, checkSeconds);
  if (answer.is !== "mounted") {
    const detail = answer.is === "fault" ? answer.detail : answer.is;
    return fail(detail, "SHARED_FOLDER_AWAY", { id, mount });
  }
  const free = Math.floor(answer.freeBytes / 1024 ** 3);
  return ok(`${shownAs}: ${mount}, ${answer.fileSystem}, ${free} GiB`);
}
