/**
 * What people read about a verdict, in Japanese and English. Every reason and every class of removed
 * things has its words here, or this file does not compile. Pure.
 */
import type { RemovedClass } from "../../../images/wire/file-words.ts";
import type { Reason } from "./reasons.ts";
import type { Verdict } from "../types.ts";

export interface Words {
  readonly ja: string;
  readonly en: string;
}

const words = (ja: string, en: string): Words => ({ ja, en });

export const removedTexts: Readonly<Record<RemovedClass, Words>> = {
  macro: words("マクロ", "macros"),
  script: words("スクリプト", "scripts"),
  action: words("自動で動く指示", "automatic actions"),
  "embedded-object": words("埋め込みオブジェクト", "embedded objects"),
  "embedded-file": words("添付されたファイル", "attached files"),
  activex: words("ActiveX 部品", "ActiveX controls"),
  "external-reference": words("外部への参照", "references to the outside"),
  "external-template": words("外部テンプレート", "external templates"),
  field: words("外部を読み込むフィールド", "fields that load from outside"),
  formula: words(
    "外部を参照する数式（値は残しています）",
    "formulas that reach outside (values kept)",
  ),
  "form-xfa": words("動的フォーム", "dynamic forms"),
  signature: words("電子署名", "digital signatures"),
  annotation: words("動画などの注釈", "active annotations"),
  "custom-ui": words("独自のメニュー", "custom menus"),
  "custom-xml": words("埋め込みデータ", "embedded data"),
  "printer-settings": words("プリンター設定", "printer settings"),
  media: words("音声・動画", "sound and video"),
  metafile: words("ベクター画像", "vector pictures"),
  metadata: words("作成者などの付帯情報", "hidden information"),
  location: words("位置情報", "location"),
  thumbnail: words("縮小画像", "thumbnails"),
  font: words("埋め込みフォント", "embedded fonts"),
  encryption: words("暗号化", "encryption"),
  hyperlink: words("安全でないリンク", "unsafe links"),
  "unknown-part": words("用途の分からない部品", "parts of unknown use"),
  "trailing-data": words("末尾に付いた余分なデータ", "data behind the end"),
};

const approval = words("承認が必要です。", "An approval is needed.");

const reasonTexts: Readonly<Record<Reason, Words>> = {
  "internal-error": words(
    "処理中に問題が起きたため、お渡しできません。",
    "Something went wrong; the file is not released.",
  ),
  "too-large": words("ファイルが大きすぎるため、お渡しできません。", "The file is too large."),
  "session-full": words(
    "このセッションで受け取れる量を超えました。",
    "This session has received as much as it may.",
  ),
  "person-full": words(
    "あなたの受け取り待ちのファイルが多すぎます。使い終えたブラウザを終了してから、もう一度ダウンロードしてください。",
    "You hold too many files. End browsers you no longer need, and download it again.",
  ),
  "disk-full": words(
    "サーバーの置き場所がいっぱいです。しばらくしてからお試しください。続くときは管理者に連絡してください。",
    "The server has no room for it. Try again later; if it persists, contact your administrator.",
  ),
  incomplete: words(
    "最後まで受信できませんでした。もう一度ダウンロードしてください。",
    "The file did not arrive whole. Download it again.",
  ),
  cancelled: words("受け取りを中止しました。", "The download was cancelled."),
  interrupted: words(
    "サーバーの再起動で処理が中断されました。もう一度ダウンロードしてください。",
    "A restart of the server interrupted this. Download the file again.",
  ),
  signature: words(
    "ウイルスが見つかったため、お渡しできません。",
    "A virus was found; the file is not released.",
  ),
  "signature-in-output": words(
    "無害化後の検査でウイルスが見つかったため、お渡しできません。",
    "A virus was found after sanitizing; the file is not released.",
  ),
  "scan-failed": words(
    "ウイルス検査ができなかったため、お渡しできません。",
    "The file could not be scanned for viruses and is not released.",
  ),
  "scan-limit": words(
    "ウイルス検査の上限を超えるため、お渡しできません。",
    "The file exceeds what can be scanned and is not released.",
  ),
  "scan-suspicious": words(
    "不審な作りのファイルのため、お渡しできません。",
    "The file looks suspicious and is not released.",
  ),
  "sandbox-failed": words(
    "検査用の環境で処理できなかったため、お渡しできません。",
    "The inspection sandbox failed; the file is not released.",
  ),
  "sandbox-timeout": words(
    "検査が時間内に終わらなかったため、お渡しできません。",
    "The inspection took too long; the file is not released.",
  ),
  "password-tries": words(
    "正しいパスワードが入力されなかったため、お渡しできません。もう一度ダウンロードしてください。",
    "No right password was given; it is not released. Download the file again.",
  ),
  "policy-download": words(
    "ダウンロードは許可されていません。",
    "The policy does not allow downloads.",
  ),
  "policy-type": words(
    "この種類のファイルは、規則によりお渡しできません。",
    "The policy does not allow this kind of file.",
  ),
  "policy-content": words(
    "規則で許されないものが中にあるため、お渡しできません。",
    "It holds something that the policy does not allow.",
  ),
  "policy-profile": words(
    "あなたに決められた渡し方（文字だけ、または画像の PDF）にできない種類のため、お渡しできません。",
    "It cannot be handed over in the form set for you (text only, or PDF of pictures).",
  ),
  "policy-approval": words(
    "安全な形に作り直しました。規則により、人の判断が要ります。",
    "It was rebuilt safely.",
  ),
  "upload-type": words("持ち出せない種類です。", "Files of this kind may not go out."),
  "upload-size": words("大きすぎるため、持ち出せません。", "The file is too large to go out."),
  "my-number": words(
    "マイナンバーとみられる番号があるため、このままでは持ち出せません。",
    "It holds what looks like an individual number; it may not go out like this.",
  ),
  keyword: words(
    "持ち出しを禁じた語句があるため、このままでは持ち出せません。",
    "It holds a word that may not go out like this.",
  ),
  "not-searchable": words(
    "中に調べられない部分があるため、持ち出せません。",
    "A part of it cannot be searched; it may not go out.",
  ),
  "upload-passed": words(
    "検査して、そのままページに渡しました。",
    "Inspected, and passed on to the page as it is.",
  ),
  "upload-rebuilt": words(
    "無害化して、ページに渡しました。",
    "Sanitized, and passed on to the page.",
  ),
  "upload-approved": words(
    "承認されたファイルなので、ページに渡しました。",
    "Approved, and passed on to the page.",
  ),
  "engine-error": words(
    "無害化の処理に失敗したため、お渡しできません。",
    "Sanitizing failed; the file is not released.",
  ),
  "unknown-type": words(
    "種類の分からないファイルのため、お渡しできません。",
    "The type of the file is unknown; it is not released.",
  ),
  "empty-file": words(
    "中身が空のため、お渡しできません。",
    "The file is empty and is not released.",
  ),
  executable: words(
    "中身がプログラムのため、お渡しできません。",
    "It is a program inside and is not released.",
  ),
  "executable-extension": words(
    "プログラムとして動く拡張子のため、お渡しできません。",
    "Its extension would make it run; it is not released.",
  ),
  damaged: words(
    "ファイルが壊れているため、お渡しできません。",
    "The file is damaged and is not released.",
  ),
  "ratio-limit": words(
    "展開すると極端に大きくなるため、お渡しできません。",
    "It would unpack to far too much and is not released.",
  ),
  "member-limit": words(
    "中のファイルが多すぎるため、お渡しできません。",
    "It holds too many files and is not released.",
  ),
  "size-limit": words(
    "中身が大きすぎるため、お渡しできません。",
    "Its content is too large; it is not released.",
  ),
  "pixel-limit": words(
    "画像が大きすぎるため、お渡しできません。",
    "The picture is too large and is not released.",
  ),
  "page-limit": words(
    "ページ数が多すぎるため、お渡しできません。",
    "It has too many pages and is not released.",
  ),
  "time-limit": words(
    "検査が時間内に終わらなかったため、お渡しできません。",
    "The inspection took too long; the file is not released.",
  ),
  "archive-malformed": words(
    "圧縮ファイルの構造が正しくないため、お渡しできません。",
    "The archive is malformed and is not released.",
  ),
  "archive-unsafe-names": words(
    "圧縮ファイルに危険な名前が含まれるため、お渡しできません。",
    "The archive holds unsafe names and is not released.",
  ),
  "password-required": words(
    "パスワードで保護されています。パスワードが分かれば検査できます。",
    "The file is protected by a password; with it, it can be inspected.",
  ),
  "password-wrong": words(
    "パスワードが違うか、ファイルが壊れています。",
    "The password is wrong, or the file is damaged.",
  ),
  "password-unsupported": words(
    "この形式のパスワードは自動で外せないため、保留しています。送り主に、パスワードのない形か ZIP で送り直してもらうか、承認を申請してください。",
    "This kind of protection cannot be opened automatically; it is held. Ask the sender for it without a password or in a ZIP, or ask for an approval.",
  ),
  "nesting-limit": words(
    "圧縮ファイルの中の圧縮ファイルが深すぎるため、お渡しできません。",
    "Archives lie too deep inside each other; it is not released.",
  ),
  "rule-match": words(
    "危険なファイルの特徴と一致したため、お渡しできません。",
    "It matches a rule for dangerous files and is not released.",
  ),
  "no-engine": words(
    "この種類は自動で無害化できないため、保留しています。",
    "This type cannot be sanitized automatically; it is held.",
  ),
  "text-encoding": words(
    "文字の符号を確かめられないため、保留しています。",
    "Its text encoding is unclear; it is held.",
  ),
  "external-pivot": words(
    "外部データを使う集計表のため、保留しています。",
    "It uses an external data source; it is held.",
  ),
  "verifier-disagreed": words(
    "無害化の結果を確かめられなかったため、お渡しできません。",
    "The sanitized file did not pass its second check and is not released.",
  ),
  rebuilt: words("作り直した安全なファイルです。", "Rebuilt as a safe file."),
  "active-content-removed": words(
    "危険になりうる部分を取り除きました。",
    "Potentially dangerous parts were removed.",
  ),
  "macro-removed": words("マクロを取り除きました。", "Macros were removed."),
  "script-removed": words(
    "スクリプトや自動の指示を取り除きました。",
    "Scripts and automatic actions were removed.",
  ),
  "metadata-removed": words("付帯情報を取り除きました。", "Hidden information was removed."),
  "formula-neutralised": words(
    "計算式として動くセルを、文字として読まれるようにしました。",
    "Cells that would calculate are now read as text.",
  ),
  "pages-as-pictures": words(
    "このPDFはそのままでは安全に作り直せないため、ページを画像にしました。文字の検索やコピーはできません。",
    "The PDF could not be rebuilt as it is, so its pages became pictures; text cannot be searched or copied.",
  ),
  "format-converted": words("安全な形式に変換しました。", "Converted into a safe format."),
  "encoding-converted": words(
    "文字コードを UTF-8 に変換しました。",
    "Its text is now encoded as UTF-8.",
  ),
  "members-rebuilt": words(
    "中のファイルをすべて作り直しました。",
    "All files inside were rebuilt.",
  ),
  "members-blocked": words(
    "中のファイルのうち、安全に作り直せないものを取り除きました。",
    "Files inside that could not be rebuilt safely were left out.",
  ),
  "clean-text": words(
    "内容を確かめました。そのまま受け取れます。",
    "Checked; you receive it as it is.",
  ),
};

export interface Removed {
  readonly class: RemovedClass;
  readonly count: number;
}

/** Reasons whose own words say that something was removed: what follows them is only which. */
const sayRemoved: ReadonlySet<Reason> = new Set([
  "active-content-removed",
  "macro-removed",
  "script-removed",
  "metadata-removed",
]);

function listRemoved(reason: Reason, removed: readonly Removed[]): Words | undefined {
  if (removed.length === 0) return undefined;
  const head = sayRemoved.has(reason)
    ? words("内訳", "Namely")
    : words("取り除いたもの", "Removed");
  return words(
    `${head.ja}: ${removed.map((each) => `${removedTexts[each.class].ja} ${each.count}件`).join("、")}。`,
    `${head.en}: ${removed.map((each) => `${removedTexts[each.class].en} (${each.count})`).join(", ")}.`,
  );
}

/** One or two sentences. `signature` is a cleaned name, shown as it is. */
export function verdictText(
  verdict: Verdict,
  reason: Reason,
  removed: readonly Removed[] = [],
  signature?: string,
): Words {
  const base = reasonTexts[reason];
  const more = [
    verdict === "needs_approval" ? approval : undefined,
    verdict === "infected" && signature !== undefined
      ? words(`（${signature}）`, `(${signature})`)
      : undefined,
    listRemoved(reason, removed),
  ].filter((each) => each !== undefined);
  return words(
    [base, ...more].map((each) => each.ja).join(""),
    [base, ...more].map((each) => each.en).join(" "),
  );
}

/** While it is under way. */
export const stageTexts = {
  receiving: words("受信しています。", "Receiving."),
  inspecting: words("検査しています。", "Inspecting."),
  sanitizing: words("無害化しています。", "Sanitizing."),
} as const;
