/** Opening an isolated browser, and the containers behind it. */
import type { ErrorTexts } from "./error-text.ts";

export const sessionCodes = {
  CAPACITY: {
    status: 503,
    ja: "ただいま満席です。",
    en: "All places are taken right now.",
    nextJa: "少し待ってから、もう一度開いてください。",
    nextEn: "Wait a moment and open it again.",
  },
  SESSION_NOT_ALLOWED: {
    status: 403,
    ja: "インターネットの利用が許可されていません。",
    en: "You are not allowed to use the internet.",
    nextJa: "業務で必要なときは、所属を伝えて管理者に依頼してください。",
    nextEn: "If your work needs it, ask your administrator and name your department.",
  },
  RUNTIME_MISSING: {
    status: 503,
    ja: "決められた隔離方式（gVisor）が、このサーバーで使えません。",
    en: "The required isolation runtime (gVisor) is not installed on this host.",
    nextJa:
      "管理者に連絡してください。(管理者: npm run setup -- --gvisor で登録するか、runtime を runc にしてください)",
    nextEn:
      "Contact your administrator. (Administrators: register it with npm run setup -- --gvisor, or set runtime to runc.)",
  },
  SESSION_START_FAILED: {
    status: 503,
    ja: "ブラウザを開始できませんでした。",
    en: "The browser could not be started.",
    nextJa: "もう一度お試しください。続くときは管理者に連絡してください。",
    nextEn: "Try again. If it persists, contact your administrator.",
  },
  ISOLATION_WEAKER: {
    status: 503,
    ja: "ブラウザの隔離を確認できなかったため、開始しませんでした。",
    en: "The browser's isolation could not be confirmed, so it was not started.",
    nextJa: "管理者に連絡してください。(管理者: npx hanare doctor を実行してください)",
    nextEn: "Contact your administrator. (Administrators: run npx hanare doctor.)",
  },
  HOST_ISOLATION: {
    status: 503,
    ja: "この機械ではブラウザを隔離できないため、開始しません。",
    en: "This machine cannot isolate browsers, so Hanare does not start.",
    nextJa: "npx hanare doctor を実行し、示された直し方に従ってください。",
    nextEn: "Run npx hanare doctor and follow what it says.",
  },
  SESSION_ENDED: {
    status: 410,
    ja: "このセッションは終了しました。",
    en: "This session has ended.",
    nextJa: "ポータルから新しく開いてください。",
    nextEn: "Open a new one from the portal.",
  },
  ILLEGAL_TRANSITION: {
    status: 409,
    ja: "いまの状態ではできない操作です。",
    en: "This cannot be done in the current state.",
    nextJa: "画面を更新して、状態を確かめてください。",
    nextEn: "Reload the page and check the state.",
  },
  WIRE_PROTOCOL: {
    status: 502,
    ja: "ブラウザとの通信が正しくありません。",
    en: "The browser sent something invalid.",
    nextJa: "ポータルから新しく開いてください。",
    nextEn: "Open a new one from the portal.",
  },
  ENGINE_UNAVAILABLE: {
    status: 503,
    ja: "コンテナエンジンに接続できません。",
    en: "The container engine cannot be reached.",
    nextJa: "管理者に連絡してください。(管理者: npx hanare doctor を実行してください)",
    nextEn: "Contact your administrator. (Administrators: run npx hanare doctor.)",
  },
  ENGINE_FAILED: {
    status: 502,
    ja: "コンテナの操作に失敗しました。",
    en: "A container operation failed.",
    nextJa: "もう一度お試しください。",
    nextEn: "Try again.",
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    ja: "時間内に終わりませんでした。",
    en: "This did not finish in time.",
    nextJa: "もう一度お試しください。",
    nextEn: "Try again.",
  },
  PROXY_UNAVAILABLE: {
    status: 503,
    ja: "通信の出口が準備できていません。",
    en: "The egress proxy is not ready.",
    nextJa: "少し待ってから、もう一度お試しください。",
    nextEn: "Wait a moment and try again.",
  },
} as const satisfies ErrorTexts;
