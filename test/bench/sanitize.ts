/**
 * What becomes of files that people really have: how many leave, why the others do not, whether anything that leaves
 * still holds what it may not, how long it takes and how large it comes out. Through the real desk: sandbox, office
 * box, virus scanner. `--corpus DIR` any folder of files, kept outside the tree; without it our own small samples.
 * `--sample N` files of each class (default 100), spread evenly; `--seconds N` stops taking new files; `--json`.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { DownloadView } from "../../orchestrator/downloads/types.ts";
import { openDesk } from "../integration/downloads/desk-harness.ts";
import { printResult, quantile } from "./report.ts";
import { type CorpusFile, type FileClass, listCorpus, ownSamples } from "./sanitize/corpus.ts";
import { type Kept, kept } from "./sanitize/kept.ts";
import { leftovers } from "./sanitize/leftovers.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    corpus: { type: "string" },
    sample: { type: "string" },
    seconds: { type: "string" },
  },
});
const stopAt = Date.now() + Number(values.seconds ?? "540") * 1000;
const smallBytes = 5 * 1024 * 1024;

interface Outcome {
  readonly file: CorpusFile;
  readonly view: DownloadView;
  readonly ms: number;
  readonly inBytes: number;
  readonly outBytes: number | undefined;
  readonly left: string | undefined;
  /** Cell values of a workbook, text of a document and of slides, before and after. */
  readonly says: Kept;
}

/** Behind a password nobody can be expected to get anything out. */
const locked = ({ view }: Outcome): boolean =>
  view.verdict === "needs_password" || view.reason === "password-unsupported";
/** Files that say in their names that they were broken on purpose; what becomes of them is safety, not use. */
const broken = ({ file }: Outcome): boolean =>
  /clusterfuzz|fuzzer|crash-|poc-|corrupt|truncat|invalid|NotClosed/i.test(file.name);
const leaves = ({ view }: Outcome): boolean => view.releasable;

const files = values.corpus
  ? await listCorpus(values.corpus, Number(values.sample ?? "100"))
  : await ownSamples();
await using harness = await openDesk({ files: { parallel: 1, warmSandboxes: 2 } });
// The scanner loads its signatures while the first file waits: that one is not measured.
await harness.receive("warm-up.txt", Buffer.from("a"));

async function run(file: CorpusFile): Promise<Outcome> {
  const bytes = typeof file.source === "string" ? await readFile(file.source) : file.source;
  const begun = performance.now();
  const view = await harness.receive(basename(file.name), bytes);
  const ms = performance.now() - begun;
  const base = { file, view, ms, inBytes: bytes.length };
  if (!view.releasable) return { ...base, outBytes: undefined, left: undefined, says: undefined };
  const output = await harness.fetch(view);
  return {
    ...base,
    outBytes: output.bytes.length,
    left: await leftovers(output.mediaType, output.bytes),
    says: await kept(bytes, output.bytes, output.name.split(".").at(-1) ?? ""),
  };
}

const outcomes: Outcome[] = [];
for (const file of files) {
  if (Date.now() > stopAt) break;
  const outcome = await run(file);
  outcomes.push(outcome);
  if (!outcome.view.releasable || outcome.left !== undefined || outcome.says === "differs")
    process.stderr.write(
      `${outcome.file.class} ${outcome.file.name}: ${outcome.view.verdict ?? ""} ${outcome.view.reason ?? ""} ${outcome.left ?? ""} ${outcome.says ?? ""}\n`,
    );
}

const of = (name: FileClass): Outcome[] => outcomes.filter(({ file }) => file.class === name);
const rate = (name: FileClass): number | null => {
  const open = of(name).filter((each) => !locked(each) && !broken(each));
  return open.length === 0 ? null : (100 * open.filter(leaves).length) / open.length;
};
const quick = outcomes.filter(
  (each) => leaves(each) && each.file.class !== "ole2" && each.inBytes <= smallBytes,
);
const older = of("ole2").filter(leaves);
const at = (list: readonly Outcome[], q: number): number | null =>
  list.length === 0
    ? null
    : quantile(
        list.map(({ ms }) => ms),
        q,
      ) / 1000;
const ratios = outcomes.flatMap(({ inBytes, outBytes, file }) =>
  outBytes === undefined || file.class === "other" ? [] : [outBytes / inBytes],
);
const why = "no such file in the corpus";

const figures: Record<string, number> = {};
for (const name of ["ooxml", "ole2", "pdf", "image", "other"] as const) {
  figures[`${name}.files`] = of(name).length;
  figures[`${name}.locked`] = of(name).filter(locked).length;
  figures[`${name}.broken`] = of(name).filter(broken).length;
  figures[`${name}.asPictures`] = of(name).filter(
    ({ view }) => view.reason === "pages-as-pictures",
  ).length;
  const held = of(name).filter((each) => !leaves(each) && !locked(each) && !broken(each));
  for (const { view } of held) {
    const key = `${name}.${view.verdict ?? ""}.${view.reason ?? ""}`;
    figures[key] = (figures[key] ?? 0) + 1;
  }
}
const inBytes = outcomes.reduce((sum, each) => sum + each.inBytes, 0);
figures["says.same"] = outcomes.filter(({ says }) => says === "same").length;
figures["says.differs"] = outcomes.filter(({ says }) => says === "differs").length;
figures["mb"] = inBytes / 1024 ** 2;
figures["sizeRatio.p95"] = ratios.length === 0 ? 0 : quantile(ratios, 0.95);
figures["files.p50.s"] = at(outcomes, 0.5) ?? 0;

printResult(
  {
    bench: "sanitize",
    runs: outcomes.length,
    bars: [
      {
        id: "unsafeOutputs",
        value: outcomes.filter(({ left }) => left !== undefined).length,
        bar: 0,
        cmp: "<=",
      },
      { id: "ooxml.leave.percent", value: rate("ooxml"), bar: 99, cmp: ">=", why },
      { id: "ole2.leave.percent", value: rate("ole2"), bar: 97, cmp: ">=", why },
      { id: "pdf.leave.percent", value: rate("pdf"), bar: 98.5, cmp: ">=", why },
      { id: "image.leave.percent", value: rate("image"), bar: 98, cmp: ">=", why },
      { id: "upTo5mb.p50.s", value: at(quick, 0.5), bar: 0.5, cmp: "<=", why },
      { id: "upTo5mb.p95.s", value: at(quick, 0.95), bar: 2, cmp: "<=", why },
      { id: "ole2.p95.s", value: at(older, 0.95), bar: 15, cmp: "<=", why },
      {
        id: "sizeRatio.median",
        value: ratios.length === 0 ? null : quantile(ratios, 0.5),
        bar: 1.05,
        cmp: "<=",
        why,
      },
    ],
    figures,
  },
  values.json === true,
);
