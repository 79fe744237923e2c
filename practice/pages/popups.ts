/** New tabs, windows, dialogs, leaving, and a live connection. */
import type { Page } from "../page.ts";

export const popupsPage: Page = {
  path: "/popups",
  menu: { ja: "開く", en: "Open" },
  title: { ja: "タブ・ダイアログ・通信", en: "Tabs, dialogs, live connection" },
  summary: {
    ja: "新しいタブ、別ウィンドウ、確認ダイアログ、双方向通信 (WebSocket) を試します。",
    en: "New tabs, windows, dialogs and a WebSocket.",
  },
  body: ({ language }) => {
    const words =
      language === "ja"
        ? {
            tabs: "タブとウィンドウ",
            tab: "新しいタブで開く",
            window: "小さなウィンドウを開く",
            dialogs: "ダイアログ",
            alert: "お知らせ (alert)",
            confirm: "確認 (confirm)",
            prompt: "入力 (prompt)",
            leaving: "ページを離れるときの確認",
            leave: "離れるときに確認する",
            leaveNote: "オンにしてから別のページへ移動してみてください。",
            list: "長い選択リスト",
            live: "双方向通信",
            liveNote: "送った文字がサーバーから返ってきます。",
            send: "送る",
            answer: "結果",
          }
        : {
            tabs: "Tabs and windows",
            tab: "Open in a new tab",
            window: "Open a small window",
            dialogs: "Dialogs",
            alert: "Notice (alert)",
            confirm: "Question (confirm)",
            prompt: "Input (prompt)",
            leaving: "Question when leaving",
            leave: "Ask before leaving",
            leaveNote: "Switch it on, then go to another page.",
            list: "A long list",
            live: "Live connection",
            liveNote: "What you send comes back from the server.",
            send: "Send",
            answer: "Result",
          };
    const options = Array.from({ length: 60 }, (_, index) => `<option>${index + 1}</option>`).join(
      "",
    );
    return `<h2>${words.tabs}</h2>
<p class="buttons"><a id="new-tab" class="button" href="/text" target="_blank" rel="noopener">${words.tab}</a> <button type="button" id="new-window">${words.window}</button></p>
<h2>${words.dialogs}</h2>
<p class="buttons"><button type="button" id="alert">${words.alert}</button> <button type="button" id="confirm">${words.confirm}</button> <button type="button" id="prompt">${words.prompt}</button></p>
<p>${words.answer}: <output id="answer">–</output></p>
<h2>${words.list}</h2>
<p><select id="long-list" aria-label="${words.list}">${options}</select></p>
<h2>${words.leaving}</h2>
<p><label><input type="checkbox" id="leave">${words.leave}</label></p><p>${words.leaveNote}</p>
<h2>${words.live}</h2><p>${words.liveNote}</p>
<form id="live" class="inline"><input id="live-text" aria-label="${words.live}" value="こんにちは"><button>${words.send}</button></form>
<p><output id="live-state">–</output></p><ul id="live-log"></ul>`;
  },
};
