/** The one page that goes with the files: what each is, what each setting does and why. Pure. Japanese first. */
import { browserSettings, pacUrl, type Setting, type TerminalFacts } from "./settings.ts";

export function guidePage(facts: TerminalFacts, files: readonly string[]): string {
  const rows = browserSettings(facts).map(settingRow).join("\n");
  const mint = facts.redirectMode === "mint";
  return `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>Hanare 端末設定の手引き</title>
<style>body{font:15px/1.7 "Noto Sans JP","Yu Gothic UI",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1c}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #d8d8db}table{border-collapse:collapse;width:100%}
td,th{border:1px solid #d8d8db;padding:.4rem .6rem;text-align:left;vertical-align:top}code{overflow-wrap:anywhere}.en{color:#4d4d4d;font-size:.87em}
.note{background:#fdf3e0;padding:.8rem 1rem;border-radius:6px}</style></head><body>
<h1>端末設定の手引き (AD 管理者用)</h1>
<p>端末の通信を Hanare に向けるための設定一式です。特定通信は直接、それ以外のページは分離ブラウザで開きます。</p>
<h2>手順</h2>
<ol>
<li>この一式を、グループ ポリシーを編集できる端末 (RSAT 導入済み) に置きます。</li>
<li>PowerShell で <code>.\\hanare-gpo.ps1</code> を実行すると、GPO「Hanare」ができます。まだどこにもリンクされません。</li>
<li>試験用の OU にリンクし、<code>gpupdate /force</code> の後、<code>edge://policy</code> で「エラー」がないことを確かめます。</li>
<li>インターネットのページを開き、分離ブラウザで開けば完了です。本番の OU にリンクします。</li>
<li>Windows Update など、利用者に代わって Windows が行う通信には <code>winhttp.cmd</code> を起動スクリプトで適用します。</li>
</ol>
<h2>設定の内容と理由</h2>
<table><tr><th>設定</th><th>値</th><th>理由</th></tr>
${rows}
</table>
<h2>ファイル</h2>
<p><code>${files.map(escape).join("</code>, <code>")}</code></p>
<ul>
<li><code>edge.reg</code> / <code>chrome.reg</code> / <code>windows.reg</code>: AD に参加していない 1 台で試すとき用です。</li>
<li><code>edge-policy.json</code> / <code>chrome-policy.json</code>: 同じ内容の JSON です (Linux など)。</li>
<li><code>firefox-policies.json</code>: Firefox の <code>distribution\\policies.json</code> に置きます。Firefox は PAC を取得できないと直接通信に切り替わるため、PAC の中身ごと入っています。プロキシや直接つなぐ名前を変えたときは、書き出して配り直してください。</li>
<li><code>site-ca.crt</code>: ポータルの証明書を発行した認証局です。「信頼されたルート証明機関」に配ります (スクリプトに含まれます)。</li>
${mint ? "<li><code>redirect-ca.crt</code>: https のページを分離ブラウザへ誘導するための認証局です。</li>" : ""}
</ul>
${
  mint
    ? `<p class="note"><strong>重要:</strong> redirect-ca の秘密鍵を持つ者は、この認証局を信頼する端末に対して、ほぼすべてのサイトになりすませます。
鍵は Hanare サーバーの <code>keys/redirect-ca.key</code> だけにあり、署名専用のプロセスだけが読みます。バックアップの扱いに注意してください。不要であれば <code>redirectMode: extension</code> をお使いください。</p>`
    : ""
}
<p>WPAD (自動検出) は使いません。PAC の場所は <code>${escape(pacUrl(facts))}</code> です。</p>
<p class="en" lang="en">Run hanare-gpo.ps1 where the GroupPolicy module is installed, link the object to a test OU, check edge://policy, then link it for all. Apply winhttp.cmd as a start-up script for what Windows itself fetches. ${
    mint
      ? "Whoever holds the key of redirect-ca can impersonate almost any site to terminals that trust it. "
      : ""
  }WPAD is not used.</p>
</body></html>
`;
}

function settingRow({ name, value, only, ja, en }: Setting): string {
  const where = only === undefined ? "" : ` (${only === "edge" ? "Edge" : "Chrome"})`;
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return `<tr><td><code>${escape(name)}</code>${where}</td><td><code>${escape(shown)}</code></td><td>${escape(ja)}<br><span class="en" lang="en">${escape(en)}</span></td></tr>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
