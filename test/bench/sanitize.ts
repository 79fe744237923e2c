/**
 * What becomes of files that people really have: how many leave, why the others do not, whether anything that leaves
 * still holds what it may not, how long it takes and how large it comes out. Through the real desk: sandbox, office
 * box, virus scanner. `--corpus DIR` any folder of files, kept outside the tree; without it our own small samples.
 * `--sample N` files of each class (default 100), spread evenly; `--seconds N` stops taking new files; `--compare` also
 * asks poppler and LibreOffice whether they find the same before and after, which takes as long again; `--json`.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { DownloadView } from "../../orchestrator/downloads/types.ts";
import { openDesk } from "../integration/downloads/desk-harness.ts";
import { testImages } from "../support/images.ts";
import { type Bar, printResult, quantile } from "./report.ts";
import { type CorpusFile, type FileClass, listCorpus, ownSamples } from "./sanitize/corpus.ts";
import { corrupt } from "./sanitize/corrupt.ts";
import { type Kept, kept } from "./sanitize/kept.ts";
import { largeFiles, type LargeFile, type LargeKind } from "./sanitize/large-files.ts";
import { leftovers } from "./sanitize/leftovers.ts";
import { type Looks, looks } from "./sanitize/looks.ts";
import { archiveOf, cp932Names, namesKept } from "./sanitize/names.ts";
import { isReopened, opens, type Reopening } from "./sanitize/opens.ts";
import { queuedMemoryMb } from "./sanitize/queued.ts";
import { ToolBox } from "./sanitize/tool-box.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    compare: { type: "boolean" },
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
  /** Who says that it came in broken, and what. */
  readonly corrupt: string | undefined;
  /** Cell values of a workbook, text of a document and of slides, before and after. */
  readonly says: Kept;
  readonly looks?: Looks;
}

/** Behind a password nobody can be expected to get anything out. */
const locked = ({ view }: Outcome): boolean =>
  view.verdict === "needs_password" || view.reason === "password-unsupported";
/** What becomes of a broken file is safety, not use. Where nobody is asked, its name may say that it was made so. */
const asked: ReadonlySet<FileClass> = new Set<FileClass>(["ooxml", "pdf"]);
const broken = ({ file, corrupt: said }: Outcome): boolean =>
  said !== undefined || asked.has(file.class)
    ? said !== undefined
    : /fuzz|crash-|poc-|corrupt|truncat|invalid|broken|damaged/i.test(file.name);
const leaves = ({ view }: Outcome): boolean => view.releasable;

const files = values.corpus
  ? await listCorpus(values.corpus, Number(values.sample ?? "100"))
  : await ownSamples();
const warmBoxes = 2;
await using harness = await openDesk({ files: { parallel: 1, warmSandboxes: warmBoxes } });
// The scanner loads its signatures while the first file waits: that one is not measured.
await harness.receive("warm-up.txt", Buffer.from("a"));

const images = testImages();
using stack = new DisposableStack();
const programs = stack.use(new ToolBox(images.sandbox));
const tools =
  values.compare === true
    ? { poppler: programs, office: stack.use(new ToolBox(images.office ?? "")) }
    : undefined;

/** LibreOffice takes longer to start than to open: it is asked about so many at a time. */
const reopenedAtOnce = 20;
const waiting: (Reopening & { readonly file: CorpusFile })[] = [];
const reopened = new Map<CorpusFile, boolean | undefined>();

function reopen(): void {
  if (tools === undefined) return;
  const batch = waiting.splice(0);
  const answers = opens(tools.office, batch);
  for (const [index, { file }] of batch.entries()) {
    reopened.set(file, answers[index]);
    if (answers[index] === false)
      process.stderr.write(`${file.class} ${file.name}: LibreOffice does not open it any more\n`);
  }
}

function compare(
  file: CorpusFile,
  view: DownloadView,
  before: Buffer,
  after: { readonly name: string; readonly bytes: Buffer },
): Pick<Outcome, "looks"> {
  if (tools === undefined) return {};
  if (isReopened(after.name)) waiting.push({ file, untrustedName: file.name, before, after });
  if (waiting.length >= reopenedAtOnce) reopen();
  const isPdf = view.contentType === "pdf" && view.reason !== "pages-as-pictures";
  return isPdf ? { looks: looks(tools.poppler, before, after.bytes) } : {};
}

/** Through the desk, with boxes that wait: files of people do not come one on the heels of the other. */
async function send(name: string, bytes: Buffer): Promise<{ view: DownloadView; ms: number }> {
  while (harness.desk.warm() < warmBoxes) await setTimeout(20);
  const begun = performance.now();
  const view = await harness.receive(basename(name), bytes);
  return { view, ms: performance.now() - begun };
}

async function run(file: CorpusFile): Promise<Outcome> {
  const bytes = typeof file.source === "string" ? await readFile(file.source) : file.source;
  const { view, ms } = await send(file.name, bytes);
  const said = await corrupt(programs, file.class, bytes);
  const base = { file, view, ms, inBytes: bytes.length, corrupt: said };
  if (!view.releasable) return { ...base, outBytes: undefined, left: undefined, says: undefined };
  const output = await harness.fetch(view);
  return {
    ...base,
    outBytes: output.bytes.length,
    left: await leftovers(output.mediaType, output.bytes),
    says: await kept(bytes, output.bytes, output.name.split(".").at(-1) ?? ""),
    ...compare(file, view, bytes, output),
  };
}

async function namesPercent(): Promise<number> {
  const names = cp932Names();
  const view = await harness.receive("名前.zip", archiveOf(names));
  return view.releasable ? namesKept(names, (await harness.fetch(view)).bytes) : 0;
}

function complaints({ view, left, says, looks: seen, ...more }: Outcome): string[] {
  return [
    ...(more.corrupt === undefined ? [] : [`broken (${more.corrupt})`]),
    ...(view.releasable ? [] : [`${view.verdict ?? ""} ${view.reason ?? ""}`]),
    ...(left === undefined ? [] : [`holds ${left}`]),
    ...(says === "differs" ? ["says something else"] : []),
    ...(seen?.text === false ? ["PDF text differs"] : []),
    ...(seen?.firstPage === false ? ["first page differs"] : []),
  ];
}

const outcomes: Outcome[] = [];
for (const file of files) {
  if (Date.now() > stopAt) break;
  const outcome = await run(file);
  outcomes.push(outcome);
  const wrong = complaints(outcome);
  if (wrong.length > 0) process.stderr.write(`${file.class} ${file.name}: ${wrong.join(", ")}\n`);
}

if (waiting.length > 0) reopen();

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

/** In percent, of those where there was something to compare. */
function share(answers: readonly (boolean | undefined)[]): number | null {
  const told = answers.filter((each) => each !== undefined);
  return told.length === 0 ? null : (100 * told.filter(Boolean).length) / told.length;
}
/** What a broken file says is anybody's guess. */
const whole = outcomes.filter((each) => !broken(each));
const saysOf = (type: string): number | null =>
  share(
    whole
      .filter(({ view }) => view.contentType === type)
      .map(({ says }) => (says === undefined ? undefined : says === "same")),
  );
const uncompared = values.compare === true ? why : "only with --compare";
const atLeast = (id: string, value: number | null, bar: number, reason = why): Bar => ({
  ...{ id, value, bar, cmp: ">=", why: reason },
});

/**
 * What a megabyte more costs: a large file against a small one of its kind, whose time is that of a container, of the
 * scanner and of the programs' starts. One core does the work, the scanner has another.
 */
const turns = 5;
async function perSecond(): Promise<Readonly<Record<LargeKind, number | null>>> {
  const { large, small } = await largeFiles();
  const seconds = new Map<string, number[]>();
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { name, bytes } of [...large, ...small]) {
      const { view, ms } = await send(name, bytes);
      if (view.releasable) seconds.set(name, [...(seconds.get(name) ?? []), ms / 1000]);
    }
  }
  const rateOf = (kind: LargeKind): number | null => {
    const of = (list: readonly LargeFile[]): LargeFile | undefined =>
      list.find((each) => each.kind === kind);
    const [long, short] = [of(large), of(small)].map((each) =>
      quantile(seconds.get(each?.name ?? "") ?? [], 0.5),
    );
    const bytes = of(large)?.bytes.length ?? 0;
    const more = (long ?? Number.NaN) - (short ?? Number.NaN);
    figures[`large.${kind}.mb`] = bytes / 1024 ** 2;
    figures[`large.${kind}.s`] = long ?? 0;
    return Number.isNaN(more) ? null : bytes / 1024 ** 2 / Math.max(more, 0.001);
  };
  return { jpeg: rateOf("jpeg"), ooxml: rateOf("ooxml"), pdf: rateOf("pdf") };
}

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
figures["reopened"] = [...reopened.values()].filter((each) => each !== undefined).length;
figures["says.same"] = outcomes.filter(({ says }) => says === "same").length;
figures["says.differs"] = outcomes.filter(({ says }) => says === "differs").length;
figures["mb"] = inBytes / 1024 ** 2;
figures["sizeRatio.p95"] = ratios.length === 0 ? 0 : quantile(ratios, 0.95);
figures["files.p50.s"] = at(outcomes, 0.5) ?? 0;

const rates = await perSecond();
/** Fifty of these are 180 MB. */
const queued = Buffer.from("受付番号,氏名,住所\r\n".repeat((4 * 1024 ** 2) / 32));
const queuedMb = await queuedMemoryMb(harness, queued);
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
      atLeast("ooxml.leave.percent", rate("ooxml"), 99),
      atLeast("ole2.leave.percent", rate("ole2"), 97),
      atLeast("pdf.leave.percent", rate("pdf"), 98.5),
      atLeast("image.leave.percent", rate("image"), 98),
      atLeast("xlsx.cells.percent", saysOf("xlsx"), 100),
      atLeast("docx.text.percent", saysOf("docx"), 100),
      atLeast("pdf.text.percent", share(whole.map((each) => each.looks?.text)), 99.5, uncompared),
      atLeast(
        "pdf.firstPage.percent",
        share(whole.map((each) => each.looks?.firstPage)),
        99,
        uncompared,
      ),
      atLeast("reopen.percent", share(whole.map(({ file }) => reopened.get(file))), 99, uncompared),
      atLeast("cp932.names.percent", await namesPercent(), 100),
      atLeast("ooxml.mb.s", rates.ooxml, 5),
      atLeast("pdf.mb.s", rates.pdf, 2),
      atLeast("jpeg.mb.s", rates.jpeg, 5),
      { id: "upTo5mb.p50.s", value: at(quick, 0.5), bar: 0.5, cmp: "<=", why },
      { id: "upTo5mb.p95.s", value: at(quick, 0.95), bar: 2, cmp: "<=", why },
      { id: "ole2.p95.s", value: at(older, 0.95), bar: 15, cmp: "<=", why },
      { id: "queued50.memory.mb", value: queuedMb, bar: 64, cmp: "<=" },
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
