/** Relationship parts: parsed, resolved against the part they belong to, written anew. Pure. */
import { posix } from "node:path";
import { Refusal } from "../context.ts";
import { readXml } from "./read-xml.ts";
import { xmlDeclaration } from "./xml.ts";

export interface Relationship {
  readonly id: string;
  readonly type: string;
  readonly target: string;
  readonly external: boolean;
}

/** Where the relationships of a part are kept; the package's own belong to the part "". */
export function relationshipsPath(part: string): string {
  if (part === "") return "_rels/.rels";
  return posix.join(posix.dirname(part), "_rels", `${posix.basename(part)}.rels`);
}

export function parseRelationships(xml: string, depthLimit: number): Relationship[] {
  const found: Relationship[] = [];
  const ids = new Set<string>();
  readXml(xml, depthLimit, {
    open(element) {
      if (element.local !== "Relationship") return;
      const value = (name: string): string =>
        element.attributes.find((each) => each.name === name)?.value ?? "";
      const id = value("Id");
      if (ids.has(id)) throw new Refusal("blocked", "damaged", "relationship id twice");
      ids.add(id);
      found.push({
        id,
        type: value("Type"),
        target: value("Target"),
        external: value("TargetMode") === "External",
      });
    },
    text: () => undefined,
    close: () => undefined,
  });
  return found;
}

/** Part name of an internal target; undefined when it leaves the package. */
export function resolveTarget(part: string, target: string): string | undefined {
  const path = target.split("#")[0] ?? "";
  if (path === "" || /^[a-z][a-z0-9+.-]*:/i.test(path) || path.includes("\\")) return undefined;
  const absolute = path.startsWith("/") ? path : posix.join("/", posix.dirname(part), path);
  const normal = posix.normalize(absolute);
  return normal.startsWith("/..") ? undefined : normal.slice(1);
}

const webTarget = /^(https?:\/\/|mailto:)/i;
export const isWebTarget = (target: string): boolean => webTarget.test(target.trim());

const escape = (text: string): string =>
  text.replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);

export function writeRelationships(relationships: readonly Relationship[]): string {
  const lines = relationships.map(
    (each) =>
      `<Relationship Id="${escape(each.id)}" Type="${escape(each.type)}" Target="${escape(each.target)}"${each.external ? ' TargetMode="External"' : ""}/>`,
  );
  return `${xmlDeclaration}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${lines.join("")}</Relationships>`;
}
