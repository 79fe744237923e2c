/** Documents of older formats: through the real LibreOffice in its own container, and through the rewriter behind it. */
import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import { readEntry } from "../../../images/sandbox/zip/read-entry.ts";
import {
  cleanWorkbook,
  officeRelation,
  packageOf,
  paragraph,
  relations,
  wordDocument,
} from "../../../practice/samples/office.ts";
import type { DownloadView } from "../../../orchestrator/downloads/types.ts";
import { plainZip } from "../../../practice/samples/plain-zip.ts";
import { compoundFile } from "../../support/compound-file.ts";
import { testImages } from "../../support/images.ts";
import { emfOf, wmfOf } from "../../support/metafiles.ts";
import { flatSlide, olderDocuments } from "../../support/older-office.ts";
import { type DeskHarness, openDesk } from "./desk-harness.ts";

let harness: DeskHarness;
let older: Readonly<
  Record<"doc" | "drawn" | "lockedDoc" | "lockedOdt" | "lockedXls" | "ppt" | "xls", Buffer>
>;
const password = "hanare-2003";

const document = (text: string): Buffer =>
  packageOf(
    {
      "word/document.xml":
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    },
    {
      "_rels/.rels": relations([officeRelation("r1", "officeDocument", "word/document.xml")]),
      "word/document.xml": wordDocument(paragraph(text)),
    },
  );

const rtf = (body: string): Buffer =>
  Buffer.from(
    `{\\rtf1\\ansi\\ansicpg932\\deff0{\\fonttbl{\\f0\\fnil\\fcharset128 MS Mincho;}}\\f0\\fs24 ${body}\\par}`,
  );
/** 回覧 in the escapes of RTF. */
const circular = "\\u22238?\\u35239?";

/** Of two metafiles and a broken third one, the second of them compressed. */
function drawings(): Buffer {
  const links = ["a.emf", "b.wmf", "c.emf"].map((name, index) =>
    officeRelation(`p${index}`, "image", `media/${name}`),
  );
  const blips = links.map(({ id }) => `<a:blip r:embed="${id}"/>`).join("");
  return packageOf(
    {
      "word/document.xml":
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
      "word/media/b.wmf": "image/x-wmf",
    },
    {
      "_rels/.rels": relations([officeRelation("r1", "officeDocument", "word/document.xml")]),
      "word/document.xml": wordDocument(
        `${paragraph("図")}<w:p><w:r><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">${blips}</a:graphic></w:r></w:p>`,
      ),
      "word/_rels/document.xml.rels": relations(links),
      "word/media/a.emf": emfOf(60, 30),
      "word/media/b.wmf": gzipSync(wmfOf(1440, 1440)),
      "word/media/c.emf": emfOf(60, 30).subarray(0, 108),
    },
  );
}

beforeAll(async () => {
  const letter = { name: "a.docx", bytes: document("起案書 髙橋") };
  const book = { name: "b.xlsx", bytes: cleanWorkbook() };
  const [doc, xls, ppt, lockedDoc, lockedXls, lockedOdt, drawn] = olderDocuments([
    { ...letter, to: "doc:MS Word 97" },
    { ...book, to: "xls:MS Excel 97" },
    { name: "c.fodp", bytes: flatSlide("説明会"), to: "ppt:MS PowerPoint 97" },
    { ...letter, to: "doc:MS Word 97", password },
    { ...book, to: "xls:MS Excel 97", password },
    { ...letter, to: "odt:writer8", password },
    { name: "d.docx", bytes: drawings(), to: "odt:writer8" },
  ]);
  if (!doc || !xls || !ppt || !lockedDoc || !lockedXls || !lockedOdt || !drawn)
    throw new Error("LibreOffice wrote too little");
  older = { doc, xls, ppt, lockedDoc, lockedXls, lockedOdt, drawn };
  // None waits warm: a container of LibreOffice that runs is at work.
  harness = await openDesk({ files: { warmSandboxes: 0 } });
}, 240_000);

afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  expect(await harness.engine.list()).toEqual([]);
}, 60_000);

/** All XML of a package, in one string. */
function xmlOf(bytes: Buffer): string {
  const { entries } = readZipDirectory(bytes);
  const parts = entries.filter(({ name }) => name.endsWith(".xml"));
  return parts.map((each) => readEntry(bytes, each, 10_000_000).toString("utf8")).join("\n");
}

/** What a reader sees, however it is split into runs. */
const textOf = (xml: string): string => xml.replace(/<[^>]*>/g, "");

describe("older documents leave as documents of today", () => {
  test("doc, xls, ppt and RTF, whose links are not looked for and do not come along", async () => {
    const field = String.raw`{\field{\*\fldinst INCLUDETEXT "file:///etc/passwd"}{\fldrslt }}`;
    const auto = String.raw`{\field{\*\fldinst DDEAUTO cmd "/k calc"}{\fldrslt }}`;
    const cases: readonly (readonly [string, Buffer, string, RegExp])[] = [
      ["起案.doc", older.doc, "起案.docx", /起案書 髙橋/],
      ["見積.xls", older.xls, "見積.xlsx", /B2\*C2\+B3\*C3[^]*8100/],
      ["説明.ppt", older.ppt, "説明.pptx", /説明会/],
      ["回覧.rtf", rtf(`${circular}${field}${auto}`), "回覧.docx", /回覧/],
    ];
    // At the same time: each waits for a LibreOffice of its own.
    const views = await Promise.all(cases.map(([name, bytes]) => harness.receive(name, bytes)));
    for (const [index, [name, , leavingAs, says]] of cases.entries()) {
      const view = views[index];
      if (view === undefined) throw new Error("not received");
      expect([name, view.verdict], harness.logged("").slice(-2000)).toEqual([name, "converted"]);
      expect(view.reason).toBe("format-converted");
      const { bytes, name: leaving } = await harness.fetch(view);
      expect(leaving).toBe(leavingAs);
      const xml = xmlOf(bytes);
      expect(textOf(xml)).toMatch(says);
      expect(xml).not.toMatch(/passwd|root:|DDEAUTO|INCLUDETEXT/);
    }
    const verdict = harness.events.findLast((each) => each.action === "verdict");
    expect(String(verdict?.details?.["engines"])).toMatch(/libreoffice=/);
  });

  test("as pictures of their pages where the policy wants that, with nothing left to search or to run", async () => {
    const rules = { download: true, profile: "image_pdf" } as const;
    const [doc, book] = await Promise.all([
      harness.receive("起案.doc", older.doc, { rules }),
      harness.receive("見積.xlsx", cleanWorkbook(), { rules }),
    ]);
    for (const view of [doc, book]) {
      expect([view.verdict, view.reason], harness.logged("").slice(-2000)).toEqual([
        ...["converted", "pages-as-pictures"],
      ]);
      const { bytes, name } = await harness.fetch(view);
      expect(name).toMatch(/\.pdf$/);
      expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
      const names = bytes.toString("latin1");
      expect(names).toContain("/Image");
      expect(names).not.toMatch(/\/Font|\/Annot|\/JavaScript/);
    }
  });

  test("as members of an archive they do, too", async () => {
    const zip = plainZip([
      { name: "起案.doc", data: older.doc },
      { name: "回覧.rtf", data: rtf(circular) },
    ]);
    const view = await harness.receive("a.zip", zip);
    expect(view.verdict, harness.logged("").slice(-2000)).toBe("sanitized");
    const { bytes } = await harness.fetch(view);
    const names = readZipDirectory(bytes).entries.map(({ name }) => name);
    expect(names).toEqual(["起案.docx", "回覧.docx"]);
  });
});

test("behind a password they are asked for it, and open with one of several", async () => {
  const locked = [older.lockedDoc, older.lockedXls, older.lockedOdt];
  const names = ["a.doc", "b.xls", "c.odt"] as const;
  const all = (...passwords: readonly string[]): Promise<DownloadView[]> =>
    Promise.all(
      names.map((name, index) =>
        harness.receive(name, locked[index] ?? Buffer.alloc(0), { passwords }),
      ),
    );
  const asked = await all();
  expect(asked.map(({ reason }) => reason)).toEqual(names.map(() => "password-required"));
  const opened = await all("x", password);
  expect(
    opened.map(({ verdict }) => verdict),
    harness.logged("").slice(-2000),
  ).toEqual([...["converted", "converted", "sanitized"]]);
  const xml = await Promise.all(
    opened.map(async (view) => xmlOf((await harness.fetch(view)).bytes)),
  );
  const says = ["起案書", "8100", "起案書"].map((word) => expect.stringContaining(word) as unknown);
  expect(xml.map(textOf)).toEqual(says);
  expect(harness.logged("") + JSON.stringify(harness.events)).not.toContain(password);
});

/** Width, height and the colour in the middle. */
async function seen(png: Buffer): Promise<readonly number[]> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const middle = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * 3;
  return [info.width, info.height, ...data.subarray(middle, middle + 3)];
}

describe("metafiles leave as they look, in PNG", () => {
  test("by themselves, in Word and in ODF; one that nobody can draw is left out and recorded", async () => {
    const [picture, word, writer] = await Promise.all([
      harness.receive("図.emf", emfOf(60, 30)),
      harness.receive("a.docx", drawings()),
      harness.receive("a.odt", older.drawn),
    ]);
    expect([picture.verdict, picture.reason], harness.logged("").slice(-2000)).toEqual([
      ...["converted", "format-converted"],
    ]);
    const alone = await harness.fetch(picture);
    expect(alone.name).toBe("図.png");
    // 60 mm at 192 dots an inch.
    expect(await seen(alone.bytes)).toEqual([454, 227, 255, 0, 0]);

    expect([word.verdict, writer.verdict]).toEqual(["sanitized", "sanitized"]);
    const { bytes } = await harness.fetch(word);
    const { entries } = readZipDirectory(bytes);
    const media = entries.filter(({ name }) => name.includes("media/"));
    expect(media.map(({ name }) => name)).toEqual([
      ...["word/media/a.emf.png", "word/media/b.wmf.png"],
    ]);
    const colours = await Promise.all(media.map((each) => seen(readEntry(bytes, each, 1_000_000))));
    expect(colours).toEqual([[454, 227, 255, 0, 0], expect.arrayContaining([255, 0])]);
    const { objects } = harness.desk.manifest(word.id) ?? {};
    const of = (action: string, place: string) => ({ action, class: "metafile", count: 1, place });
    expect(objects).toContainEqual(of("replaced", "word/media/a.emf"));
    expect(objects).toContainEqual(of("removed", "word/media/c.emf"));
  });
});

describe("what LibreOffice does not make whole is not released", () => {
  test("a file that only looks like a document", async () => {
    const fib = Buffer.alloc(2048, 0x41);
    fib.writeUInt16LE(193, 2);
    fib.writeUInt16LE(0, 10);
    const view = await harness.receive("a.doc", compoundFile({ WordDocument: fib }));
    expect([view.verdict, view.reason, view.releasable]).toEqual(["blocked", "damaged", false]);
  });

  test("a container that is killed at work fails its file at once", async () => {
    const boxes = () => harness.engine.list("office");
    // Those that the tests before have used are gone.
    await expect.poll(async () => (await boxes()).length, { timeout: 60_000 }).toBe(0);
    const receiving = harness.receive("a.doc", older.doc);
    let name: string | undefined;
    const running = async (): Promise<boolean> => {
      name = (await boxes()).find((each) => each.running)?.name;
      return name !== undefined;
    };
    await expect.poll(running, { interval: 5, timeout: 60_000 }).toBe(true);
    execFileSync("docker", ["kill", name ?? ""], { stdio: "ignore" });
    const view = await receiving;
    expect([view.verdict, view.releasable]).toEqual(["failed", false]);
  });

  test("are laid out in the fonts that Japanese documents name", () => {
    const args = ["run", "--rm", "--network", "none", "--entrypoint", "fc-list"];
    const listed = execFileSync("docker", [...args, testImages().office ?? "", ":", "family"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    for (const font of [
      ...["IPAexMincho", "IPAexGothic", "IPAmjMincho", "BIZ UDGothic", "BIZ UDMincho"],
      ...["Noto Sans CJK JP", "Noto Serif CJK JP"],
    ])
      expect(listed).toContain(font);
  });

  test("an installation without the office image holds them", async () => {
    await using own = await openDesk({ files: { warmSandboxes: 0 }, officeImage: null });
    const view = await own.receive("a.doc", older.doc);
    expect([view.verdict, view.reason]).toEqual(["needs_approval", "no-engine"]);
  });
});
