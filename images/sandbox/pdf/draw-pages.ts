/** Pages drawn by poppler as JPEG: a few at a time, so that no single run takes long or writes much. */
import { readFile, rm } from "node:fs/promises";
import sharp from "sharp";
import { type JobContext, Refusal } from "../context.ts";
import type { DrawnPage } from "./picture-pdf.ts";
import type { PdfWork } from "./work.ts";

/** More pages are no document that somebody reads as pictures. */
const pageLimit = 300;
const pagesAtOnce = 10;
const dotsPerInch = 150;
const pointsPerInch = 72;
const sideLimitPixels = 10_000;
const quality = 80;

const damaged = (detail: string): Refusal => new Refusal("blocked", "damaged", detail);

interface PageSize {
  readonly widthPt: number;
  readonly heightPt: number;
}

/** Sizes as a reader shows them, turned pages turned. */
async function pageSizes(work: PdfWork, options: readonly string[]): Promise<PageSize[]> {
  const info = await work.tool(
    "/usr/bin/pdfinfo",
    ...options,
    ...["-f", "1", "-l", String(pageLimit), work.path("in.pdf")],
  );
  const text = info.stdout.toString("latin1");
  const pages = Number(/^Pages:\s+(\d+)$/m.exec(text)?.[1] ?? 0);
  if (pages < 1) throw damaged("poppler finds no page");
  if (pages > pageLimit) throw new Refusal("blocked", "page-limit", `${pages} as pictures`);
  const sizes = [...text.matchAll(/^Page\s+\d+ size:\s+([\d.]+) x ([\d.]+) pts/gm)];
  const turns = [...text.matchAll(/^Page\s+\d+ rot:\s+(\d+)/gm)].map(([, turn]) => Number(turn));
  if (sizes.length !== pages) throw damaged("page sizes");
  return sizes.map(([, width, height], index) => {
    const size = { widthPt: Number(width), heightPt: Number(height) };
    const turned = (turns[index] ?? 0) % 180 !== 0;
    return turned ? { widthPt: size.heightPt, heightPt: size.widthPt } : size;
  });
}

function resolutionFor(sizes: readonly PageSize[]): number {
  const longest = Math.max(...sizes.flatMap(({ widthPt, heightPt }) => [widthPt, heightPt]), 1);
  return Math.max(
    Math.min(dotsPerInch, Math.floor((sideLimitPixels * pointsPerInch) / longest)),
    1,
  );
}

/** Throws Refusal when a page does not come out, or they are too many or too large together. */
export async function drawPages(
  work: PdfWork,
  password: string,
  context: JobContext,
): Promise<DrawnPage[]> {
  const options = password === "" ? [] : ["-upw", password];
  const sizes = await pageSizes(work, options);
  const resolution = String(resolutionFor(sizes));
  const pages: DrawnPage[] = [];
  let bytes = 0;
  for (let first = 1; first <= sizes.length; first += pagesAtOnce) {
    const last = Math.min(first + pagesAtOnce - 1, sizes.length);
    context.progress("rebuild", 0.3 + (0.5 * first) / sizes.length);
    const range = ["-f", String(first), "-l", String(last), "-r", resolution];
    const made = await work.tool(
      "/usr/bin/pdftoppm",
      ...options,
      ...range,
      ...["-jpeg", "-jpegopt", `quality=${quality}`, "-forcenum", "-sep", "-"],
      work.path("in.pdf"),
      work.path("page"),
    );
    if (made.exitCode !== 0) throw damaged(made.stderr.slice(0, 300));
    for (let number = first; number <= last; number += 1) {
      const page = await takePage(work, number, sizes);
      bytes += page.jpeg.length;
      if (bytes > context.limits.outputBytes) throw new Refusal("blocked", "size-limit");
      pages.push(page);
    }
  }
  return pages;
}

/** poppler pads numbers to the width of the last page's. */
async function takePage(
  work: PdfWork,
  number: number,
  sizes: readonly PageSize[],
): Promise<DrawnPage> {
  const padded = String(number).padStart(String(sizes.length).length, "0");
  const path = work.path(`page-${padded}.jpg`);
  const jpeg = await readFile(path).catch(() => undefined);
  const size = sizes[number - 1];
  if (jpeg === undefined || size === undefined) throw damaged(`page ${number} is not drawn`);
  await rm(path);
  const { width, height, channels } = await sharp(jpeg).metadata();
  return { jpeg, widthPx: width, heightPx: height, grey: channels === 1, ...size };
}
