/** Texts of the downloads tray: stages and verdicts. */
import type { Texts } from "./language.ts";

export const trayTexts = {
  "tray.title": { ja: "ダウンロード", en: "Downloads" },
  "tray.empty": { ja: "ダウンロードはまだありません", en: "No downloads yet" },
  "tray.emptyBody": {
    ja: "受け取ったファイルは検査と無害化のあと、端末のダウンロードフォルダーに届きます。",
    en: "Files arrive in your terminal's Downloads folder after inspection and sanitizing.",
  },
  "tray.receive": { ja: "受け取る", en: "Get the file" },
  "tray.receiveNamed": { ja: "受け取る: {name}", en: "Get the file: {name}" },
  "tray.manifest": { ja: "無害化証跡", en: "Record of the check" },
  "tray.manifestNamed": { ja: "無害化証跡: {name}", en: "Record of the check: {name}" },
  "tray.password": { ja: "ファイルのパスワード", en: "Password of the file" },
  "tray.passwordHelp": {
    ja: "複数あるときは、改行で区切って一度に貼り付けられます（Shift+Enter で改行）。あと {count} 回試せます。保存はされません。",
    en: "Paste several at once, one a line (Shift+Enter). {count} more tries. They are not kept.",
  },
  "tray.unlock": { ja: "開く", en: "Open" },

  "stage.receiving": { ja: "受信", en: "Receive" },
  "stage.inspecting": { ja: "検査", en: "Inspect" },
  "stage.sanitizing": { ja: "無害化", en: "Sanitize" },
  "stage.done": { ja: "判定", en: "Verdict" },
  "stage.finished": { ja: "済み", en: "done" },
  "stage.current": { ja: "処理中", en: "in progress" },
  "stage.waiting": { ja: "これから", en: "to come" },
  "stage.skipped": { ja: "行わず", en: "not reached" },

  "verdict.failed": { ja: "処理できません", en: "Failed" },
  "verdict.blocked": { ja: "お渡しできません", en: "Blocked" },
  "verdict.infected": { ja: "ウイルス検出", en: "Virus found" },
  "verdict.needs_approval": { ja: "承認が必要", en: "Needs approval" },
  "verdict.needs_password": { ja: "パスワードが必要", en: "Needs a password" },
  "verdict.partially_sanitized": { ja: "一部を無害化", en: "Partly sanitized" },
  "verdict.converted": { ja: "変換して無害化", en: "Converted" },
  "verdict.sanitized": { ja: "無害化済み", en: "Sanitized" },
  "verdict.released_as_is": { ja: "問題なし", en: "Clean" },
} as const satisfies Texts;
