/** A long text: for scrolling, selecting, copying, finding and reading. Written for this site. */
import { escape, type Language } from "../html.ts";
import type { Page } from "../page.ts";

interface Chapter {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

const ja: readonly Chapter[] = [
  {
    title: "一　離れという部屋",
    paragraphs: [
      "古い家には、母屋から渡り廊下でつながった小さな部屋がありました。客はまずそこに通されます。濡れた傘も、泥のついた荷物も、離れの土間に置かれます。母屋の畳は汚れません。客をもてなすことと、家を守ることは、廊下一本の距離で両立していました。",
      "インターネットも、いまでは毎日たくさんの客を連れてきます。ほとんどは用事のある人ですが、名乗らない人も、荷物に何かを忍ばせた人も混ざっています。玄関で全員を追い返せば仕事になりません。全員を居間に上げれば、いつか必ず困ったことが起きます。",
      "そこで、客は離れに通すことにしました。職員は廊下のこちら側から、窓ごしに客と話をします。客が帰れば、部屋は畳も壁も、まるごと新しくなります。",
    ],
  },
  {
    title: "二　川沿いの町の朝",
    paragraphs: [
      "町役場の始業は八時半ですが、防災係の机にはもう灯りがついています。夜のあいだに上流で雨が降ったからです。川の水位を示す折れ線は、午前四時に山をつくり、いまはゆっくりと下っています。係の人は線の傾きを指でなぞり、小さくうなずきました。",
      "窓の外では、自転車の高校生が橋を渡っていきます。橋の名前は平仮名で「みずほばし」と彫られています。濁って読むと川が濁るから、という言い伝えがあって、欄干の銘板は昔から「はし」を澄んだ音で書いてきたのだそうです。もっとも、町の人はみな「ばし」と呼びます。",
      "役場に一本の電話が入ります。「避難所の体育館は、今日は卓球に使えますか」。防災係の人は笑って、教育委員会の内線を回しました。",
    ],
  },
  {
    title: "三　名前の漢字",
    paragraphs: [
      "窓口には、名前の漢字が一つ違うだけで証明書が出せないという相談が、月に何度か来ます。高い橋の「髙」、吉田さんの「𠮷」、渡辺さんの「邊」と「邉」。画面の中で正しく見えることと、紙に正しく刷れることと、隣の町の機械に正しく伝わることは、それぞれ別の問題です。",
      "このページにも、そうした文字を置いてあります。髙橋、𠮷野家、渡邉、齋藤、神﨑、祇園、飴玉、辻堂、葛󠄀飾。一つでも豆腐のような四角に見えたら、それは書体の側に文字がないということです。管理者に知らせてください。",
      "絵文字も昔は町ごとの方言のようなものでした。いまは世界で同じ番号が使われています。🏯 🌾 🚒 👩🏽‍🚒 🇯🇵。最後の二つは、いくつもの符号が並んで一つの絵になっています。矢印キーで動くとき、一度でまたげるかどうか試してみてください。",
    ],
  },
  {
    title: "四　図書館の引っ越し",
    paragraphs: [
      "図書館の引っ越しは、本を箱に入れることから始まるのではありません。まず、どの棚の何段目に何があるかを写し取ります。新しい建物の棚は少しだけ背が低く、文庫本は一段に三冊ぶん余ります。余りを数えるために、司書の二人は巻き尺を持って、夏のあいだ棚の前にしゃがんでいました。",
      "トラックは三十二台。雨の日は走らないと決めてありましたが、九月の終わりの一日だけ、見上げた空が急に暗くなりました。運転手は荷台に幌をかけ、高架の下で四十分待ちました。その四十分の記録は、引っ越し日誌の中でいちばん長い文章になっています。",
      "開館の日、最初に借りられたのは、三十年前に書かれた町の植物図鑑でした。貸出票の裏に、鉛筆で「カタクリ 三月二十五日 裏山」とありました。誰が書いたのかは、わかりません。",
    ],
  },
  {
    title: "五　縦のものと横のもの",
    paragraphs: [
      "会議の資料は横書きです。表彰状は縦書きです。駅の看板は横で、そば屋の品書きは縦です。わたしたちは一日に何度も向きを変えて読みますが、首を傾ける人はいません。",
      "下の囲みは縦書きで組んであります。右から左へ読み進めて、最後の行まで届いたら、このページのほとんどを読んだことになります。",
    ],
  },
  {
    title: "六　おわりに",
    paragraphs: [
      "ここまで読んでくださって、ありがとうございます。途中で画面が止まったり、文字がにじんだり、ホイールが効かなくなったりしたら、それは改善すべきところです。",
      "文章をなぞって選び、コピーしてみてください。選んだ文字は、設定が許していれば、端末の側に貼り付けることができます。",
    ],
  },
];

const en: readonly Chapter[] = [
  {
    title: "1  The detached room",
    paragraphs: [
      "Old Japanese houses had a small room joined to the main one by a covered walk. Guests were shown there first. Wet umbrellas and muddy parcels stayed on its earthen floor, and the mats of the main house stayed clean. To be hospitable and to be careful were one corridor apart.",
      "The internet brings guests every day. Most have business here; some give no name, and some carry a thing in their luggage that they do not mention. Turn everybody away at the gate and no work gets done. Take everybody into the living room and one day it goes wrong.",
      "So the guests are shown to the detached room. People talk to them through its window, and when they leave, the room itself is replaced, mats, walls and all.",
    ],
  },
  {
    title: "2  Morning by the river",
    paragraphs: [
      "The town hall opens at half past eight, but the lamp on the disaster desk is lit already: it rained upstream during the night. The line that shows the water level made a hill at four o'clock and is coming down. The officer follows it with a finger and nods.",
      "Outside, a student cycles across the bridge. The telephone rings. “Can we have the gymnasium for table tennis today, or is it a shelter?” The officer laughs and puts the call through to the board of education.",
    ],
  },
  {
    title: "3  Moving the library",
    paragraphs: [
      "Moving a library does not begin with putting books into boxes. It begins with writing down what stands where. The shelves in the new building are a little lower, and each row of paperbacks has room for three more. Two librarians spent a summer crouching with a tape measure to find that out.",
      "Thirty-two lorries went, none of them in the rain, except on one day in late September when the sky darkened on the way. The driver stretched a tarpaulin and waited under a bridge for forty minutes. Those forty minutes are the longest entry in the diary of the move.",
      "The first book lent in the new building was a thirty-year-old field guide to the plants of the town. On the back of its card somebody had written, in pencil: “dogtooth violet, 25 March, the hill behind.” Nobody knows who.",
    ],
  },
];

const poem = [
  "朝の廊下を　水の匂いが渡ってゆく",
  "離れの障子は　今日も新しい",
  "客は手ぶらで帰り　部屋は名を忘れる",
  "母屋では　昨日と同じ茶が沸いている",
];

function chapters(list: readonly Chapter[]): string {
  return list
    .map(
      ({ title, paragraphs }, index) =>
        `<section id="chapter-${index + 1}"><h2>${escape(title)}</h2>${paragraphs.map((text) => `<p>${escape(text)}</p>`).join("")}${
          title.startsWith("五")
            ? `<div class="upright">${poem.map((line) => `<p>${line}</p>`).join("")}</div>`
            : ""
        }</section>`,
    )
    .join("");
}

function contents(list: readonly Chapter[], language: Language): string {
  const items = list
    .map(({ title }, index) => `<li><a href="#chapter-${index + 1}">${escape(title)}</a></li>`)
    .join("");
  return `<nav class="contents" aria-label="${language === "ja" ? "目次" : "Contents"}"><ul>${items}</ul></nav>`;
}

export const textPage: Page = {
  path: "/text",
  menu: { ja: "読む", en: "Read" },
  title: { ja: "読みもの「離れの窓から」", en: "Reading: from the window" },
  summary: {
    ja: "長い文章です。スクロール、文字の選択、ページ内検索、珍しい漢字の表示を試します。",
    en: "A long text: scrolling, selecting, finding, and rare characters.",
  },
  body: ({ language }) => {
    const list = language === "ja" ? ja : en;
    return `${contents(list, language)}<article class="prose">${chapters(list)}</article><p><a href="#main">${language === "ja" ? "先頭へ戻る" : "Back to the top"}</a></p>`;
  },
};
