/**
 * PDF: qpdf repairs and decrypts, says everything as JSON, clean.ts builds a new object table from what is
 * allowed, qpdf writes a new file. Then poppler and our own lexer, which are not qpdf, must agree that
 * nothing active is left and no page was lost.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type JobContext, passwordReason, Refusal } from "../context.ts";
import { cleanPdf } from "../pdf/clean.ts";
import type { PdfJson } from "../pdf/model.ts";
import { forbiddenNames, scanNames } from "../pdf/scan-names.ts";
import { runTool, type ToolResult } from "../run-tool.ts";
import type { EngineOutcome } from "./outcome.ts";

/** qpdf: 0 is fine, 3 is fine with warnings (the file was repaired). */
const qpdfWorked = (result: ToolResult): boolean => result.exitCode === 0 || result.exitCode === 3;
/** `--requires-password`: 0 a password is needed, 2 not encrypted, 3 encrypted but open. */
const passwordNeeded = 0;
const encryptedButOpen = 3;

class PdfWork {
  readonly #context: JobContext;
  readonly dir: string;

  constructor(context: JobContext) {
    this.#context = context;
    this.dir = join(context.workDir, "job");
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  async tool(program: string, ...args: string[]): Promise<ToolResult> {
    return runTool(program, args, { seconds: this.#context.limits.toolSeconds, cwd: this.dir });
  }

  /** A qpdf step that must work. */
  async qpdf(...args: string[]): Promise<ToolResult> {
    const result = await this.tool("/usr/bin/qpdf", ...args);
    if (!qpdfWorked(result)) throw new Refusal("blocked", "damaged", result.stderr.slice(0, 500));
    return result;
  }
}

/** The option that opens it: none, or a password that was tried. Throws Refusal when none does. */
async function passwordOption(work: PdfWork, context: JobContext): Promise<readonly string[]> {
  const tries = [[], ...context.job.passwords.map((each) => [`--password=${each}`])];
  for (const option of tries) {
    const asked = await work.tool(
      "/usr/bin/qpdf",
      "--requires-password",
      ...option,
      work.path("in.pdf"),
    );
    if (asked.exitCode === passwordNeeded) continue;
    if (asked.exitCode === encryptedButOpen) context.tally.add("encryption");
    return option;
  }
  throw new Refusal("needs_password", passwordReason(context));
}

async function unlock(work: PdfWork, context: JobContext): Promise<void> {
  const option = await passwordOption(work, context);
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

async function rebuild(work: PdfWork, context: JobContext): Promise<void> {
  const streams = ["--json-stream-data=file", `--json-stream-prefix=${work.path("s")}`];
  await work.qpdf("--json-output", ...streams, work.path("plain.pdf"), work.path("all.json"));
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

async function verify(work: PdfWork, pages: number): Promise<void> {
  const disagree = (detail: string): never => {
    throw new Refusal("failed", "verifier-disagreed", detail);
  };
  await work.qpdf(
    "--object-streams=disable",
    "--stream-data=preserve",
    work.path("out.pdf"),
    work.path("expanded.pdf"),
  );
  const names = scanNames(await readFile(work.path("expanded.pdf")));
  const left = forbiddenNames.filter((name) => names.has(name));
  if (left.length > 0) disagree(left.join(" "));
  const info = await work.tool("/usr/bin/pdfinfo", work.path("out.pdf"));
  const facts = info.stdout.toString("utf8");
  if (info.exitCode !== 0) disagree("pdfinfo cannot read it");
  if (!/^JavaScript:\s+no$/m.test(facts) || !/^Encrypted:\s+no$/m.test(facts))
    disagree("script or encryption");
  if (Number(/^Pages:\s+(\d+)$/m.exec(facts)?.[1]) !== pages) disagree("page count");
  const text = await work.tool("/usr/bin/pdftotext", "-l", "1", work.path("out.pdf"), "-");
  if (text.exitCode !== 0) disagree("pdftotext cannot read it");
}

export async function sanitizePdf(context: JobContext): Promise<EngineOutcome> {
  const work = new PdfWork(context);
  await mkdir(work.dir, { recursive: true });
  try {
    await writeFile(work.path("in.pdf"), context.bytes);
    await unlock(work, context);
    const pages = await countPages(work, context);
    context.progress("rebuild", 0.4);
    await rebuild(work, context);
    context.progress("verify", 0.8);
    await verify(work, pages);
    return { kind: "rebuilt", type: "pdf", bytes: await readFile(work.path("out.pdf")) };
  } finally {
    await rm(work.dir, { recursive: true, force: true });
  }
}
