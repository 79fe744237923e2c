/** Every kind of form field, and a page that repeats what was sent. */
import { escape, type Language } from "../html.ts";
import type { Page } from "../page.ts";

const prefectures =
  "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県".split(
    " ",
  );

const labels = {
  ja: {
    lead: "入力した内容は、送信すると次のページにそのまま表示されます。どこにも保存されません。",
    name: "氏名",
    kana: "ふりがな",
    mail: "メールアドレス",
    password: "合言葉 (伏せ字)",
    number: "人数",
    prefecture: "都道府県",
    choose: "選んでください",
    services: "関心のあること (複数選択)",
    serviceNames: ["防災", "子育て", "ごみ・環境", "図書館", "税と保険"],
    contact: "連絡方法",
    contacts: ["電話", "郵便", "窓口"],
    agree: "注意事項を読みました",
    date: "希望日",
    time: "時刻",
    color: "好きな色",
    level: "満足度",
    place: "最寄り駅 (候補つき)",
    memo: "ご意見",
    memoHint: "ここに長い文章を入力できます",
    send: "送信する",
    clear: "消す",
    free: "書式つきの入力欄",
    freeText: "ここは自由に書き換えられます。",
  },
  en: {
    lead: "What you enter is shown on the next page as it was sent. Nothing is kept.",
    name: "Name",
    kana: "Reading",
    mail: "E-mail",
    password: "Password (hidden)",
    number: "How many people",
    prefecture: "Prefecture",
    choose: "Please choose",
    services: "Interests (several)",
    serviceNames: ["Disasters", "Families", "Waste", "Library", "Taxes"],
    contact: "Contact by",
    contacts: ["Telephone", "Post", "In person"],
    agree: "I have read the notes",
    date: "Date",
    time: "Time",
    color: "Favourite colour",
    level: "How satisfied",
    place: "Nearest station (with suggestions)",
    memo: "Comments",
    memoHint: "Room for a long text",
    send: "Send",
    clear: "Clear",
    free: "Rich text field",
    freeText: "Change this as you like.",
  },
} as const;

const field = (id: string, label: string, control: string): string =>
  `<div class="field"><label for="${id}">${label}</label>${control}</div>`;

function form(language: Language): string {
  const words = labels[language];
  const services = words.serviceNames
    .map(
      (name, index) =>
        `<label><input type="checkbox" name="service" id="service-${index}" value="${name}">${name}</label>`,
    )
    .join("");
  const contacts = words.contacts
    .map(
      (name, index) =>
        `<label><input type="radio" name="contact" id="contact-${index}" value="${name}">${name}</label>`,
    )
    .join("");
  const options = prefectures.map((name) => `<option>${name}</option>`).join("");
  return `<p class="lead">${words.lead}</p>
<form method="post" action="/forms/echo" class="sheet">
${field("name", words.name, '<input id="name" name="name" autocomplete="off">')}
${field("kana", words.kana, '<input id="kana" name="kana" autocomplete="off">')}
${field("mail", words.mail, '<input id="mail" name="mail" type="email" autocomplete="off">')}
${field("password", words.password, '<input id="password" name="password" type="password" autocomplete="off">')}
${field("number", words.number, '<input id="number" name="number" type="number" min="1" max="50" value="2">')}
${field("prefecture", words.prefecture, `<select id="prefecture" name="prefecture"><option value="">${words.choose}</option>${options}</select>`)}
${field("place", words.place, '<input id="place" name="place" list="stations"><datalist id="stations"><option>みずほ台</option><option>みずほ橋</option><option>水口</option></datalist>')}
<fieldset><legend>${words.services}</legend>${services}</fieldset>
<fieldset><legend>${words.contact}</legend>${contacts}</fieldset>
${field("date", words.date, '<input id="date" name="date" type="date">')}
${field("time", words.time, '<input id="time" name="time" type="time">')}
${field("color", words.color, '<input id="color" name="color" type="color" value="#264af4">')}
${field("level", words.level, '<input id="level" name="level" type="range" min="0" max="10">')}
${field("memo", words.memo, `<textarea id="memo" name="memo" rows="5" placeholder="${words.memoHint}"></textarea>`)}
<label class="agree"><input type="checkbox" id="agree" name="agree" value="yes">${words.agree}</label>
<p class="buttons"><button id="send">${words.send}</button> <button type="reset" class="quiet">${words.clear}</button></p>
</form>
<h2>${words.free}</h2>
<div class="rich" id="rich" contenteditable="true">${words.freeText}</div>`;
}

export const formsPage: Page = {
  path: "/forms",
  menu: { ja: "書く", en: "Write" },
  title: { ja: "入力フォーム", en: "Forms" },
  summary: {
    ja: "日本語入力、選択リスト、チェックボックス、日付や色の選択を試します。",
    en: "Typing, lists, check boxes, dates and colours.",
  },
  body: ({ language }) => form(language),
};

export const echoPage: Page = {
  path: "/forms/echo",
  title: { ja: "送信された内容", en: "What was sent" },
  summary: { ja: "フォームから届いた内容です。", en: "What arrived from the form." },
  body: ({ language, untrustedFields }) => {
    const rows = [...untrustedFields]
      .filter(([name]) => name !== "lang")
      .map(
        ([name, value]) =>
          `<tr><th scope="row">${escape(name)}</th><td id="echo-${escape(name)}">${escape(value).replace(/\r?\n/g, "<br>")}</td></tr>`,
      )
      .join("");
    const empty = language === "ja" ? "まだ何も送信されていません。" : "Nothing has been sent yet.";
    const back = language === "ja" ? "フォームに戻る" : "Back to the form";
    return `${rows === "" ? `<p>${empty}</p>` : `<table class="echo">${rows}</table>`}<p><a href="/forms">${back}</a></p>`;
  },
};
