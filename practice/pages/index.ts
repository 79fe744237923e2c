/** The entrance: what Hanare does, and what to try, in order. */
import type { Page } from "../page.ts";

const ja = `
<p class="lead">いま見ているこの画面は、あなたの端末では動いていません。離れた場所の使い捨てコンテナで動くブラウザの「画面」だけが届いています。</p>
<div class="room" aria-hidden="true"><span>端末<small>画面だけ</small></span><i></i><span>離れ<small>使い捨てブラウザ</small></span><i></i><span>インターネット</span></div>
<p>うっかり危ないページを開いても、端末には何も入りません。タブを閉じると、コンテナは中身ごと消えます。ファイルは検査と無害化を済ませたものだけが手元に届きます。</p>
<h2>やってみましょう</h2>
<ol class="tries">
<li><a href="/text">読む</a><p>マウスホイールや <kbd>Space</kbd> で長い文章を動かします。<kbd>Ctrl</kbd>+<kbd>F</kbd> の検索もふだん通りです。</p></li>
<li><a href="/forms">書く</a><p>手元の日本語入力のまま、氏名や住所を入力します。選択リスト、日付、色も試せます。</p></li>
<li><a href="/media">見る・聞く</a><p>動画と動くアニメーション、音を再生します。</p></li>
<li><a href="/popups">開く</a><p>新しいタブ、別ウィンドウ、確認ダイアログ、双方向通信を試します。</p></li>
<li><a href="/blocked">開けないことを確かめる</a><p>許可されていないサイトや庁内のアドレスは開けません。理由も表示されます。</p></li>
<li><a href="/files">受け取る</a><p>ウイルス、マクロ付き文書、偽の拡張子。安全な見本をダウンロードして、検査の様子を見ます。</p></li>
<li><a href="/send">渡す</a><p>端末のファイルをページに渡します（持ち出し）。許可されていて、検査を通ったものだけが届きます。</p></li>
<li><strong>終わる</strong><p>ツールバーの「終了」を押すか、タブを閉じます。ここで入力したものも含めて、すべて消えます。</p></li>
</ol>`;

const en = `
<p class="lead">What you see here does not run on your computer. A browser in a disposable container, somewhere else, runs it; only its picture reaches you.</p>
<div class="room" aria-hidden="true"><span>Your PC<small>picture only</small></span><i></i><span>Hanare<small>disposable browser</small></span><i></i><span>Internet</span></div>
<p>Should you open a dangerous page by mistake, nothing of it gets onto your computer. When the tab closes, the container goes with everything in it. Files reach you only after inspection and sanitizing.</p>
<h2>Things to try</h2>
<ol class="tries">
<li><a href="/text">Read</a><p>Move through a long text with the wheel or <kbd>Space</kbd>. Finding with <kbd>Ctrl</kbd>+<kbd>F</kbd> works as always.</p></li>
<li><a href="/forms">Write</a><p>Type a name and an address with your own Japanese input. Try lists, dates and colours.</p></li>
<li><a href="/media">Watch and listen</a><p>Play a video, an animation and a sound.</p></li>
<li><a href="/popups">Open</a><p>New tabs, windows, dialogs and a live connection.</p></li>
<li><a href="/blocked">See what stays closed</a><p>Sites that are not allowed and internal addresses do not open. You are told why.</p></li>
<li><a href="/files">Receive</a><p>A virus, a document with a macro, a false extension: download harmless samples and watch them being inspected.</p></li>
<li><a href="/send">Send</a><p>Pass a file of your computer on to a page: only what is allowed and passes inspection arrives.</p></li>
<li><strong>Leave</strong><p>Press End in the toolbar or close the tab. Everything is gone, whatever you typed here included.</p></li>
</ol>`;

export const indexPage: Page = {
  path: "/",
  menu: { ja: "はじめに", en: "Start" },
  title: { ja: "ようこそ", en: "Welcome" },
  summary: {
    ja: "離れのしくみと、ためしてみることの一覧です。",
    en: "How Hanare works, and a list of things to try.",
  },
  body: ({ language }) => (language === "ja" ? ja : en),
};
