/** What the guides tell people to press is there under that name: the pages of the administration. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dictionary } from "../../../orchestrator/web/i18n/dictionary.ts";

const root = join(import.meta.dirname, "../../..");
const guides = ["README.md", ...globSync("docs/*.md", { cwd: root })].map(
  (file) => [file, readFileSync(join(root, file), "utf8")] as const,
);

it("the guides name pages as the pages do", () => {
  const pages = new Set<string>(
    Object.entries(dictionary).flatMap(([name, { ja, en }]) =>
      name.startsWith("header.") ? [`管理 → ${ja}`, `Administration → ${en}`] : [],
    ),
  );
  const named = guides.flatMap(([file, text]) =>
    [...text.matchAll(/\*\*((?:管理|Administration) → [^*]+)\*\*/g)].map(([, way = ""]) => [
      file,
      way,
    ]),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(([, way = ""]) => !pages.has(way))).toEqual([]);
});
