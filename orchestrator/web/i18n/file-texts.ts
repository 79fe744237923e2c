/** Texts about judged files and 上長承認: tray, page of files, approvers' inbox, auditors' search. */
import type { Texts } from "./language.ts";

export const fileTexts = {
  "header.files": { ja: "ファイル", en: "Files" },
  "header.approvals": { ja: "ファイルの承認", en: "File approvals" },
  "header.fileRecords": { ja: "無害化証跡", en: "Checked files" },
  "approval.state.open": { ja: "承認待ち", en: "Waiting" },
  "approval.state.approved": { ja: "承認", en: "Approved" },
  "approval.state.refused": { ja: "却下", en: "Refused" },
  "approval.state.withdrawn": { ja: "取り下げ", en: "Withdrawn" },
  "approval.state.expired": { ja: "期限切れ", en: "Expired" },

  "approval.reason": { ja: "業務で必要な理由", en: "Why your work needs it" },
  "approval.reasonHelp": {
    ja: "承認されると、元のファイルをそのまま受け取れます。承認者が読みます。",
    en: "Once approved, you get the original file. Your approver reads this.",
  },
  "approval.reasonHelpSanitized": {
    ja: "承認されると、無害化したファイルを受け取れます。承認者が読みます。",
    en: "Once approved, you get the sanitized file. Your approver reads this.",
  },
  "approval.ask": { ja: "承認を申請", en: "Ask for approval" },
  "approval.asked": {
    ja: "承認を申請しました。このタブを閉じても、結果はポータルの「ファイル」で確かめられます。",
    en: "An approver has been asked. You may close this tab; the answer is under “Files” in the portal.",
  },
  "approval.approved": { ja: "承認されました: {answer}", en: "Approved: {answer}" },
  "approval.refused": { ja: "却下されました: {answer}", en: "Refused: {answer}" },
  "approval.over": {
    ja: "この申請は終わりました。必要なときは、もう一度ダウンロードしてください。",
    en: "This request is over. Download the file again if you need it.",
  },
  "approval.withdraw": { ja: "取り下げる", en: "Withdraw" },
  "approval.withdrawNamed": { ja: "申請を取り下げる: {name}", en: "Withdraw the request: {name}" },

  "share.save": { ja: "{folder}に保存", en: "Save to {folder}" },
  "share.saveNamed": { ja: "{name} を{folder}に保存", en: "Save {name} to {folder}" },
  "share.busy": { ja: "保存しています…", en: "Saving…" },
  "share.saved": { ja: "共有フォルダーに保存しました", en: "Saved to the shared folder" },
  "share.copy": { ja: "場所をコピー", en: "Copy the path" },
  "share.copied": { ja: "コピーしました", en: "Copied" },

  "files.title": { ja: "ファイル", en: "Files" },
  "files.lead": {
    ja: "これまでに受け取ろうとした、または持ち出そうとしたファイルと、検査・承認の結果です。",
    en: "Files you tried to receive or to upload, and what became of them.",
  },
  "files.search": { ja: "名前・取得元・結果で探す", en: "Search name, source, result" },
  "files.find": { ja: "探す", en: "Search" },
  "files.empty": { ja: "該当するファイルはありません。", en: "No files found." },
  "files.older": { ja: "前のものを表示", en: "Show older ones" },
  "files.newest": { ja: "新しいものに戻る", en: "Back to the newest" },
  "files.source": { ja: "取得元", en: "From" },
  "files.target": { ja: "渡す先", en: "To" },
  "files.upload": { ja: "持ち出し", en: "Upload" },
  "files.uploadUntil": {
    ja: "同じファイルをもう一度選ぶと渡ります（期限: {at}）。",
    en: "Choose the same file in the page again (until {at}).",
  },
  "files.passedOn": { ja: "ページに渡しました（{at}）", en: "Passed on ({at})" },
  "files.inTray": {
    ja: "開いているブラウザのダウンロード欄で受け取れます。",
    en: "Get it from the downloads of your open browser.",
  },
  "files.keptUntil": { ja: "受け取り期限: {at}", en: "Can be fetched until {at}" },
  "files.collected": { ja: "受け取り済み（{at}）", en: "Received ({at})" },
  "files.linkOver": { ja: "このリンクは使えません", en: "This link does not open" },
  "files.linkOverBody": {
    ja: "受け取り用のリンクは、1分以内に一度だけ、本人だけが使えます。ダウンロード欄か「ファイル」の画面で、もう一度「受け取る」を押してください。",
    en: "A link to a file holds once, for a minute, for the person it was made for. Press “Get the file” again, in the tray or on the page “Files”.",
  },
  "files.notKept": { ja: "保管の期限を過ぎました。", en: "It is no longer kept." },
  "files.decideUntil": { ja: "承認の期限: {at}", en: "To be decided by {at}" },
  "files.reason": { ja: "申請の理由", en: "Reason given" },
  "files.answer": { ja: "承認者（{by}）から", en: "From {by}" },

  "files.noticeReady": {
    ja: "承認されたファイルが {count} 件あります。",
    en: "Approved files to receive: {count}.",
  },
  "files.noticeWaiting": { ja: "承認待ち: {count} 件", en: "Waiting for approval: {count}" },
  "files.toPage": { ja: "ファイルを見る", en: "See files" },
  "approvals.notice": {
    ja: "あなたの承認を待つファイルが {count} 件あります。",
    en: "Files that wait for your approval: {count}.",
  },
  "approvals.toPage": { ja: "承認の画面へ", en: "Go to approvals" },

  "approvals.title": { ja: "ファイルの承認", en: "File approvals" },
  "approvals.lead": {
    ja: "自動で無害化できないファイルや、個人番号などを含む持ち出しを、業務に必要なときだけ認めます。判断はすべて記録されます。",
    en: "Files that cannot be sanitized, and uploads that hold numbers or words under a rule, pass only where work needs them. Every decision is recorded.",
  },
  "approvals.open": { ja: "承認待ちだけを表示", en: "Waiting ones only" },
  "approvals.all": { ja: "決まったものも表示", en: "Decided ones as well" },
  "approvals.none": { ja: "承認待ちのファイルはありません。", en: "No file waits for you." },
  "approvals.notYours": {
    ja: "承認できる申請はありません。承認者の役割と部署（グループ）は、管理者が設定します。",
    en: "You decide about no files. Administrators give the approver role and the section (group).",
  },
  "approvals.look": { ja: "確認する", en: "Look" },
  "approvals.lookNamed": { ja: "確認する: {name}", en: "Look at {name}" },
  "approvals.requester": { ja: "申請者", en: "Requester" },
  "approvals.section": { ja: "部署", en: "Section" },
  "approvals.noSection": { ja: "（なし）", en: "(none)" },
  "approvals.terminal": { ja: "端末", en: "Terminal" },
  "approvals.type": { ja: "中身の種類", en: "Type found" },
  "approvals.size": { ja: "大きさ", en: "Size" },
  "approvals.hash": { ja: "ハッシュ値（SHA-256）", en: "Hash (SHA-256)" },
  "approvals.verdict": { ja: "判定", en: "Verdict" },
  "approvals.scan": { ja: "ウイルス検査", en: "Virus scan" },
  "approvals.scanClean": {
    ja: "検出なし（{version}、シグネチャ {count} 件）",
    en: "Nothing found ({version}, {count} signatures)",
  },
  "approvals.scanTestSet": {
    ja: "検査には試験用のシグネチャしか使われていません。ウイルス対策としては当てになりません。",
    en: "Only the built-in test signatures were used. They do not protect against viruses.",
  },
  "approvals.original": {
    ja: "承認すると、元のファイルがそのまま渡ります。無害化はされていません。",
    en: "Approving hands over the original file, not sanitized.",
  },
  "approvals.upload": {
    ja: "持ち出しの申請です。承認すると、申請者はこのファイルをインターネットのページに渡せます。",
    en: "A request to upload: once approved, the requester may pass this file on to a page on the internet.",
  },
  "approvals.preview": {
    ja: "中身を見る（画像か文字にしたもの）",
    en: "See what is in it (as pictures or text)",
  },
  "approvals.previewBusy": {
    ja: "作っています…（1分ほどかかることがあります）",
    en: "Being made… (this may take a minute)",
  },
  "approvals.previewTitle": { ja: "中身（{name}）", en: "What is in it ({name})" },
  "approvals.noRecord": {
    ja: "無害化証跡が見つかりません。",
    en: "There is no record of the check.",
  },
  "approvals.answer": {
    ja: "判断の理由（申請者に伝わります）",
    en: "Reason (the requester reads it)",
  },
  "approvals.answerMissing": { ja: "理由を入力してください。", en: "Enter a reason." },
  "approvals.approve": { ja: "承認する", en: "Approve" },
  "approvals.refuse": { ja: "却下する", en: "Refuse" },
  "approvals.busy": { ja: "送っています…", en: "Sending…" },
  "approvals.decided": { ja: "{by} が判断（{at}）", en: "Decided by {by} ({at})" },
  "approvals.inPlaceOf": { ja: "{name} の代理", en: "in place of {name}" },

  "delegation.title": { ja: "不在のときの代理", en: "While you are away" },
  "delegation.lead": {
    ja: "期間中は、代理の人があなたの部署の申請を判断できます（その人自身とあなたの申請を除く）。",
    en: "In that time the stand-in decides for your section, never their own requests nor yours.",
  },
  "delegation.none": { ja: "代理は設定されていません。", en: "Nobody stands in for you." },
  "delegation.name": { ja: "代理の利用者名", en: "User name of the stand-in" },
  "delegation.from": { ja: "開始", en: "From" },
  "delegation.until": { ja: "終了", en: "Until" },
  "delegation.add": { ja: "代理を設定", en: "Set" },
  "delegation.end": { ja: "解除", en: "End" },
  "delegation.endNamed": { ja: "{name} の代理を解除", en: "End the stand-in of {name}" },
  "delegation.period": { ja: "{from} から {until} まで", en: "{from} to {until}" },
  "delegation.incomplete": {
    ja: "利用者名と、開始・終了を入力してください。",
    en: "Enter a user name, a start and an end.",
  },

  "records.title": { ja: "無害化証跡の検索", en: "Records of checked files" },
  "records.lead": {
    ja: "誰が、どのファイルを受け取ろうとし、または持ち出そうとし、どう判定されたか。ファイルそのものは見られません。",
    en: "Who tried to receive or upload which file, and the verdict. The files themselves are not here.",
  },
  "records.search": {
    ja: "利用者・名前・取得元・ハッシュ・取り除いたもので探す",
    en: "Search person, name, source, hash, what was removed",
  },
  "records.person": { ja: "利用者", en: "Person" },
  "records.file": { ja: "ファイル", en: "File" },
  "records.at": { ja: "日時", en: "Time" },
  "records.verdict": { ja: "判定", en: "Verdict" },
} as const satisfies Texts;
