/**
 * PDF: qpdf repairs and decrypts, says everything as JSON, clean.ts builds a new object table from what is
 * allowed, qpdf writes a new file. Then poppler and our own lexer, which are not qpdf, must agree that
 * nothing active is left and no page was lost. What cannot be rebuilt, or was asked for as pictures, leaves as a PDF of
 * its pages drawn by poppler.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import type { SandboxReason } from "../../wire/file-words.ts";
import { type JobContext, Refusal } from "../context.ts";
import { cleanPdf } from "../pdf/clean.ts";
import { drawPages } from "../pdf/draw-pages.ts";
import type { PdfJson } from "../pdf/model.ts";
import { writePicturePdf } from "../pdf/picture-pdf.ts";
import { forbiddenNames, scanNames } from "../pdf/scan-names.ts";
import { openingPassword, PdfWork } from "../pdf/work.ts";
import type { EngineOutcome } from "./outcome.ts";

async function unlock(work: PdfWork, password: string): Promise<void> {
  const option = password === "" ? [] : [`--password=${password}`];
  // A plain rewrite first: some files make qpdf write JSON that it does not read back.
  await work.qpdf("--decrypt", ...option, work.path("in.pdf"), work.path("plain.pdf"));
}

async function countPages(work: PdfWork, context: JobContext): Promise<number> {
  const { stdout } = await work.qpdf("--show-npages", work.path("plain.pdf"));
  const pages = Number(stdout.toString("latin1").trim());
  if (!Number.isInteger(pages) || pages < 1) throw new Refusal("blocked", "damaged", "no pages");
  if (pages > context.limits.pdfPages) throw new Refusal("blocked", "page-limit", `${pages}`);
  return pages;
}

async function writeJson(work: PdfWork): Promise<void> {
  const streams = ["--json-stream-data=file", `--json-stream-prefix=${work.path("s")}`];
  await work.qpdf("--json-output", ...streams, work.path("plain.pdf"), work.path("all.json"));
}

async function rebuild(work: PdfWork, context: JobContext): Promise<void> {
  const source = JSON.parse(await readFile(work.path("all.json"), "latin1")) as PdfJson;
  const [header, objects] = source.qpdf;
  const cleaned = cleanPdf(objects, context.tally);
  await writeFile(
    work.path("clean.json"),
    JSON.stringify({ qpdf: [header, cleaned.objects] }),
    "latin1",
  );
  const writing = ["--json-input", "--object-streams=generate", "--deterministic-id"];
  await work.qpdf(...writing, work.path("clean.json"), work.path("out.pdf"));
}

const disagree = (detail: string): never => {
  throw new Refusal("failed", "verifier-disagreed", detail);
};

async function lookForNames(work: PdfWork): Promise<void> {
  await work.qpdf(
    "--object-streams=disable",
    "--stream-data=preserve",
    work.path("out.pdf"),
    work.path("expanded.pdf"),
  );
  const names = scanNames(await readFile(work.path("expanded.pdf")));
  const left = forbiddenNames.filter((name) => names.has(name));
  if (left.length > 0) disagree(left.join(" "));
}

async function askPoppler(work: PdfWork, pages: number): Promise<void> {
  const info = await work.tool("/usr/bin/pdfinfo", work.path("out.pdf"));
  const facts = info.stdout.toString("utf8");
  if (info.exitCode !== 0) disagree("pdfinfo cannot read it");
  if (!/^JavaScript:\s+no$/m.test(facts) || !/^Encrypted:\s+no$/m.test(facts))
    disagree("script or encryption");
  if (Number(/^Pages:\s+(\d+)$/m.exec(facts)?.[1]) !== pages) disagree("page count");
}

async function readFirstPage(work: PdfWork): Promise<void> {
  const text = await work.tool("/usr/bin/pdftotext", "-l", "1", work.path("out.pdf"), "-");
  if (text.exitCode !== 0) disagree("pdftotext cannot read it");
}

/** Programs at the same time; a refusal waits for the others, whose folder goes with it. */
async function together(steps: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(steps)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

const verifyPdf = (work: PdfWork, pages: number): Promise<void> =>
  together([lookForNames(work), askPoppler(work, pages), readFirstPage(work)]);

async function rebuildPdf(
  work: PdfWork,
  password: string,
  context: JobContext,
): Promise<EngineOutcome> {
  await unlock(work, password);
  const counting = countPages(work, context);
  await together([counting, writeJson(work)]);
  const pages = await counting;
  context.progress("rebuild", 0.4);
  await rebuild(work, context);
  context.progress("verify", 0.8);
  await verifyPdf(work, pages);
  return { kind: "rebuilt", type: "pdf", bytes: await readFile(work.path("out.pdf")) };
}

async function pictures(
  work: PdfWork,
  password: string,
  context: JobContext,
): Promise<EngineOutcome> {
  const pages = await drawPages(work, password, context);
  await writeFile(work.path("out.pdf"), writePicturePdf(pages));
  await verifyPdf(work, pages.length);
  const bytes = await readFile(work.path("out.pdf"));
  return { kind: "converted", type: "pdf", bytes, reason: "pages-as-pictures" };
}

/** What a rebuild cannot do, a drawing of the pages may: another program reads them, and only pixels leave. */
const drawnInstead: ReadonlySet<SandboxReason> = new Set<SandboxReason>([
  "damaged",
  "verifier-disagreed",
]);

async function rebuildOrDraw(work: PdfWork, context: JobContext): Promise<EngineOutcome> {
  const password = await openingPassword(work, context);
  if (context.job.pictures === true) return pictures(work, password, context);
  try {
    return await rebuildPdf(work, password, context);
  } catch (error) {
    if (!(error instanceof Refusal) || !drawnInstead.has(error.reason)) throw error;
    context.note(error.message);
    return await pictures(work, password, context);
  }
}

export async function sanitizePdf(context: JobContext): Promise<EngineOutcome> {
  const work = new PdfWork(context);
  await mkdir(work.dir, { recursive: true });
  try {
    await writeFile(work.path("in.pdf"), context.bytes);
    return await rebuildOrDraw(work, context);
  } finally {
    await rm(work.dir, { recursive: true, force: true });
  }
}
