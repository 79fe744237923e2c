/** Where in a shared folder a person's files go, and how Explorer calls that place. Pure. */
import type { SharedFolder } from "../config/shared-folders.ts";
import { isSafeName } from "./file-name.ts";

export interface Owner {
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * Undefined where it has no name for this person: without a group there is no section, and a name that Windows
 * would write otherwise could be another person's folder.
 */
export function partsFor(
  { path }: Pick<SharedFolder, "path">,
  { name, groups }: Owner,
): readonly string[] | undefined {
  const section = groups[0];
  if (section === undefined && path.includes("{section}")) return undefined;
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map((part) =>
      part.replaceAll("{user}", () => name).replaceAll("{section}", () => section ?? ""),
    );
  return parts.every(isSafeName) ? parts : undefined;
}

/** `\\server\share\section\report.docx` */
export const shownPath = (
  { shownAs }: Pick<SharedFolder, "shownAs">,
  parts: readonly string[],
  name?: string,
): string => [shownAs, ...parts, ...(name === undefined ? [] : [name])].join("\\");
