/**
 * The harmless files of the practice site: one for each thing that can happen to a download. All are made
 * when asked for, none is kept in the tree, none does anything on any computer. The EICAR text is put
 * together here because a scanner on a developer's machine would otherwise take this file away.
 */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter, configure } from "@zip.js/zip.js";
import { encodeCp932 } from "./cp932.ts";
import { cleanWorkbook, macroDocument } from "./office.ts";
import { cleanPdf, scriptedPdf } from "./pdf.ts";
import { photoWithPlace, plainPicture } from "./pictures.ts";
import { zeroBomb } from "./plain-zip.ts";

configure({ useWebWorkers: false });

export interface Sample {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly titleJa: string;
  readonly titleEn: string;
  /** What the visitor should see happen. */
  readonly expectJa: string;
  readonly expectEn: string;
  readonly expectVerdict:
    | "blocked"
    | "infected"
    | "needs_password"
    | "released_as_is"
    | "sanitized";
}

/** Password of the sample archive, shown on the practice site. */
export const samplePassword = "kunren2026";

const eicar = (): Buffer =>
  Buffer.from(
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}", "$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!", "$H+H*"].join(""),
    "latin1",
  );

async function passwordZip(): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    password: samplePassword,
    zipCrypto: true,
    useUnicodeFileNames: false,
    extendedTimestamp: false,
    encodeText: (text) => encodeCp932(text),
    lastModDate: new Date(2026, 3, 1),
  });
  for (const [name, text] of [
    ["見積書.txt", "御見積書(訓練用)\r\n合計 8,100円\r\n"],
    ["資料/表紙.txt", "表紙(訓練用)\r\n"],
  ] as const) {
    await writer.add(name, new Uint8ArrayReader(encodeCp932(text)));
  }
  return Buffer.from(await writer.close());
}

/** The first bytes of a Windows program and nothing to run behind them. */
function programHeader(): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write("MZ", 0, "latin1");
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write("PE\0\0", 0x80, "latin1");
  return bytes;
}

const csv = (): Buffer =>
  encodeCp932("番号,氏名,部署\r\n1,離れ 太郎,総務課\r\n2,訓練 花子,税務課\r\n");

const bombMembers = 140;
const bombMemberBytes = 8 * 1024 * 1024;

const texts = {
  clean: {
    expectJa: "作り直した安全なPDFを受け取れます。",
    expectEn: "You receive a rebuilt, safe PDF.",
  },
  picture: {
    expectJa: "画像を作り直し、撮影場所などの付帯情報を取り除いて渡します。",
    expectEn: "The picture is rebuilt; place and other hidden data are removed.",
  },
} as const;

export async function makeSamples(): Promise<Sample[]> {
  const [photo, picture, locked] = await Promise.all([
    photoWithPlace(),
    plainPicture(),
    passwordZip(),
  ]);
  return [
    {
      name: "お知らせ.pdf",
      mediaType: "application/pdf",
      bytes: cleanPdf(),
      titleJa: "ふつうのPDF",
      titleEn: "An ordinary PDF",
      ...texts.clean,
      expectVerdict: "sanitized",
    },
    {
      name: "スクリプト入り.pdf",
      mediaType: "application/pdf",
      bytes: scriptedPdf(),
      titleJa: "スクリプト入りのPDF",
      titleEn: "A PDF with scripts",
      expectJa: "スクリプトを取り除いたPDFを受け取れます。",
      expectEn: "You receive the PDF without its scripts.",
      expectVerdict: "sanitized",
    },
    {
      name: "macro.docm",
      mediaType: "application/vnd.ms-word.document.macroEnabled.12",
      bytes: macroDocument(),
      titleJa: "マクロ入りのWord文書",
      titleEn: "A Word document with a macro",
      expectJa: "マクロを取り除き、macro.docx として渡します。",
      expectEn: "The macro is removed; you receive macro.docx.",
      expectVerdict: "sanitized",
    },
    {
      name: "見積.xlsx",
      mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      bytes: cleanWorkbook(),
      titleJa: "ふつうのExcelブック",
      titleEn: "An ordinary Excel workbook",
      expectJa: "作り直した安全なブックを受け取れます。",
      expectEn: "You receive a rebuilt, safe workbook.",
      expectVerdict: "sanitized",
    },
    {
      name: "写真.jpg",
      mediaType: "image/jpeg",
      bytes: photo,
      titleJa: "撮影場所の入った写真",
      titleEn: "A photo that knows where it was taken",
      ...texts.picture,
      expectVerdict: "sanitized",
    },
    {
      name: "風景.png",
      mediaType: "image/png",
      bytes: picture,
      titleJa: "PNG画像",
      titleEn: "A PNG picture",
      ...texts.picture,
      expectVerdict: "sanitized",
    },
    {
      name: "eicar.com",
      mediaType: "application/octet-stream",
      bytes: eicar(),
      titleJa: "ウイルス検査の確認用ファイル(EICAR)",
      titleEn: "The antivirus test file (EICAR)",
      expectJa: "ウイルスとして検出され、渡されません。実際には無害です。",
      expectEn: "Found as a virus and not released. It is harmless.",
      expectVerdict: "infected",
    },
    {
      name: "見積一式.zip",
      mediaType: "application/zip",
      bytes: locked,
      titleJa: "パスワード付きZIP",
      titleEn: "A ZIP with a password",
      expectJa: `トレイでパスワードを入力すると、検査して渡されます(訓練用パスワードは ${samplePassword})。`,
      expectEn: `Held until its password is typed in the tray; then inspected and released (it is ${samplePassword}).`,
      expectVerdict: "needs_password",
    },
    {
      name: "請求書.pdf",
      mediaType: "application/pdf",
      bytes: programHeader(),
      titleJa: "PDFを名乗るプログラム",
      titleEn: "A program that says it is a PDF",
      expectJa: "中身がプログラムなので、渡されません。",
      expectEn: "It is a program inside and is not released.",
      expectVerdict: "blocked",
    },
    {
      name: "間取り.jpg",
      mediaType: "image/jpeg",
      bytes: picture,
      titleJa: "拡張子の違う画像",
      titleEn: "A picture with the wrong extension",
      expectJa: "中身に合わせて 間取り.png として渡します。",
      expectEn: "You receive it as .png, which is what it is.",
      expectVerdict: "sanitized",
    },
    {
      name: "爆弾.zip",
      mediaType: "application/zip",
      bytes: zeroBomb(bombMembers, bombMemberBytes),
      titleJa: "展開すると巨大になるZIP",
      titleEn: "A ZIP that unpacks to far too much",
      expectJa: "展開せずに見破り、渡しません。",
      expectEn: "Recognised without unpacking and not released.",
      expectVerdict: "blocked",
    },
    {
      name: "名簿.csv",
      mediaType: "text/csv",
      bytes: csv(),
      titleJa: "CSV(Shift_JIS)",
      titleEn: "A CSV in Shift_JIS",
      expectJa: "検査のうえ、そのまま受け取れます。",
      expectEn: "Checked and released as it is.",
      expectVerdict: "released_as_is",
    },
  ];
}
