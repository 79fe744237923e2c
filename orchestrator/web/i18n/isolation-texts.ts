/** Texts of the isolation page: each row says what it is about and why it matters. */
import type { Texts } from "./language.ts";

export const isolationTexts = {
  "isolation.title": { ja: "隔離の状態", en: "Isolation" },
  "isolation.lead": {
    ja: "ブラウザを閉じ込めている壁が、この機械で本当に働いているかを示します。一つでも欠けたブラウザは、利用者に渡しません。",
    en: "Whether the walls around the browsers really stand on this machine. A browser that lacks one is never given to anybody.",
  },
  "isolation.probe": { ja: "試験用コンテナで確かめる", en: "Check with a probe container" },
  "isolation.probing": { ja: "確かめています…", en: "Checking…" },
  "isolation.allWell": { ja: "すべての壁が働いています", en: "Every wall stands" },
  "isolation.allWellBody": {
    ja: "ホストと試験用コンテナのどちらにも、欠けている壁はありません。",
    en: "Nothing is missing, neither on the host nor in the probe container.",
  },
  "isolation.hostWell": { ja: "ホストに問題はありません", en: "The host is well" },
  "isolation.hostWellBody": {
    ja: "試験用コンテナではまだ確かめていません。",
    en: "No probe container has been looked at yet.",
  },
  "isolation.bad": { ja: "働いていない壁があります", en: "A wall is missing" },
  "isolation.badBody": {
    ja: "新しいブラウザは開始されません。「診断」の画面で、示された直し方に従ってください。",
    en: "New browsers are not started. The health page says how to mend it.",
  },
  "isolation.host": { ja: "ホスト", en: "Host" },
  "isolation.probeTitle": { ja: "試験用コンテナ", en: "Probe container" },
  "isolation.probeLead": {
    ja: "利用者に渡すものと同じコンテナを一つ起動し、外側から確かめて消します。",
    en: "A container like the ones people get is started, looked at from outside, and removed.",
  },
  "isolation.probeNever": {
    ja: "起動してからまだ確かめていません。",
    en: "Not checked since Hanare started.",
  },
  "isolation.probeAt": { ja: "{at}（{seconds} 秒）", en: "{at} ({seconds} s)" },
  "finding.row": { ja: "項目", en: "What" },
  "finding.level": { ja: "判定", en: "Verdict" },
  "finding.found": { ja: "確認した値", en: "What was found" },
  "finding.level.ok": { ja: "正常", en: "OK" },
  "finding.level.fail": { ja: "異常", en: "Wrong" },
  "finding.row.user-namespaces": { ja: "ユーザー名前空間", en: "User namespaces" },
  "finding.why.user-namespaces": {
    ja: "Chromium のサンドボックスの土台です。",
    en: "What Chromium's sandbox is built on.",
  },
  "finding.row.apparmor": { ja: "AppArmor による制限", en: "AppArmor" },
  "finding.why.apparmor": {
    ja: "ユーザー名前空間を制限していると、サンドボックスが作れません（Ubuntu 24.04 の既定）。",
    en: "When it restricts user namespaces (the default of Ubuntu 24.04), the sandbox cannot be built.",
  },
  "finding.row.seccomp": { ja: "seccomp（システムコールの制限）", en: "seccomp" },
  "finding.why.seccomp": {
    ja: "カーネルに頼めることを、許可した分だけに絞ります。",
    en: "Narrows what may be asked of the kernel to an allow list.",
  },
  "finding.row.cgroup": { ja: "cgroup（資源の上限）", en: "cgroup" },
  "finding.why.cgroup": {
    ja: "メモリとプロセス数の上限を守らせます。",
    en: "Enforces the limits on memory and processes.",
  },
  "finding.row.engine": { ja: "コンテナエンジン", en: "Container engine" },
  "finding.why.engine": {
    ja: "コンテナの作成と削除を受け持ちます。",
    en: "Makes and removes the containers.",
  },
  "finding.row.runtime": { ja: "ランタイム", en: "Runtime" },
  "finding.why.runtime": {
    ja: "設定ファイルで選んだものです。使えないときに別のもので代えることはありません。",
    en: "The one the configuration asks for. It is never replaced by another in silence.",
  },
  "finding.row.engine-user": { ja: "エンジンの権限", en: "The engine runs as" },
  "finding.why.engine-user": {
    ja: "root のとき、エンジンの欠陥は機械全体に及びます。",
    en: "As root, a flaw of the engine is a flaw of the whole machine.",
  },
  "finding.row.kernel": { ja: "カーネル", en: "Kernel" },
  "finding.why.kernel": {
    ja: "コンテナと共有します。更新を欠かさないでください。",
    en: "Shared with the containers: keep it up to date.",
  },
  "finding.row.probe-start": { ja: "起動", en: "Start" },
  "finding.why.probe-start": {
    ja: "ブラウザの用意ができるまでの時間です。",
    en: "Time until the browser was ready.",
  },
  "finding.row.probe-applied": { ja: "エンジンの適用", en: "Applied by the engine" },
  "finding.why.probe-applied": {
    ja: "頼んだ設定が、そのまま適用されたかを一つずつ比べます。",
    en: "Each flag compared with what was asked.",
  },
  "finding.row.probe-kernel": { ja: "カーネルの強制", en: "Enforced by the kernel" },
  "finding.why.probe-kernel": {
    ja: "権限ゼロ、昇格の禁止、seccomp、ループバックだけの網を、ホストの /proc で確かめます。",
    en: "No capability, no new privileges, seccomp and nothing but loopback, read from the host's /proc.",
  },
  "finding.row.probe-sandbox": { ja: "Chromium のサンドボックス", en: "Chromium's sandbox" },
  "finding.why.probe-sandbox": {
    ja: "描画プロセスがそれぞれの名前空間と二重の seccomp の中にいるかを確かめます。",
    en: "Renderers sit in namespaces of their own under a second seccomp filter.",
  },
} as const satisfies Texts;
