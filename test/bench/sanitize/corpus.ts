/** Which files are measured: a folder of real ones, sampled evenly by class, or our own small samples. */
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { makeSamples } from "../../../practice/samples/samples.ts";
import { cleanWorkbook } from "../../../practice/samples/office.ts";
import { flatSlide, olderDocuments } from "../../support/older-office.ts";

export type FileClass = "image" | "ole2" | "ooxml" | "other" | "pdf";

export interface CorpusFile {
  readonly name: string;
  readonly class: FileClass;
  /** Path, or the bytes themselves. */
  readonly source: Buffer | string;
}

const classes: Readonly<Record<string, FileClass>> = {
  ...Object.fromEntries(
    "docx docm dotx dotm xlsx xlsm xltx pptx pptm ppsx potx"
      .split(" ")
      .map((each) => [each, "ooxml"]),
  ),
  ...Object.fromEntries("doc dot xls xlt ppt pps".split(" ").map((each) => [each, "ole2"])),
  pdf: "pdf",
  ...Object.fromEntries(
    "jpg jpeg png gif webp tif tiff bmp svg emf wmf".split(" ").map((each) => [each, "image"]),
  ),
};

const classOf = (name: string): FileClass =>
  classes[extname(name).slice(1).toLowerCase()] ?? "other";

/** Every n-th of the sorted list: the same files each time. */
function spread<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(list.length / count, 1);
  return Array.from(
    { length: Math.min(count, list.length) },
    (_, index) => list[Math.floor(index * step)] as T,
  );
}

export async function listCorpus(dir: string, sample: number): Promise<CorpusFile[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: path.slice(dir.length + 1), class: classOf(path), source: path }));
  const byClass = Map.groupBy(files, (file) => file.class);
  byClass.delete("other");
  // Classes take turns, so that a run that is stopped has seen something of each.
  const sampled = [...byClass.values()].map((list) => spread(list, sample));
  const longest = Math.max(0, ...sampled.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) =>
    sampled.flatMap((list) => list[index] ?? []),
  ).flat();
}

export async function ownSamples(): Promise<CorpusFile[]> {
  const practice = await makeSamples();
  const [xls, ppt] = olderDocuments([
    { name: "a.xlsx", bytes: cleanWorkbook(), to: "xls:MS Excel 97" },
    { name: "b.fodp", bytes: flatSlide("説明会"), to: "ppt:MS PowerPoint 97" },
  ]);
  const all = [
    ...practice
      .filter(({ expectVerdict }) => /sanitized|as_is/.test(expectVerdict))
      .map(({ name, bytes }) => [name, bytes] as const),
    ["a.xls", xls],
    ["b.ppt", ppt],
  ] as const;
  return all.flatMap(([name, source]) =>
    source === undefined ? [] : [{ name, class: classOf(name), source }],
  );
}
