/** Video, animation, sound, and a canvas that never rests. */
import type { Page } from "../page.ts";

export const mediaPage: Page = {
  path: "/media",
  menu: { ja: "見る・聞く", en: "Watch" },
  title: { ja: "動画と音", en: "Video and sound" },
  summary: {
    ja: "短い動画、アニメーション、音の再生を試します。",
    en: "A short video, an animation and a sound.",
  },
  body: ({ language }) => {
    const words =
      language === "ja"
        ? {
            video: "動画 (WebM)",
            videoNote: "円が一周する 6 秒の動画です。全画面表示も試せます。",
            sound: "音",
            soundNote: "4 つの音が順に鳴ります。聞こえないときは端末の音量を確かめてください。",
            motion: "動き続ける図",
            motionNote: "なめらかに動いて見えますか。数字は 1 秒あたりの描画回数です。",
            stop: "動きを止める",
          }
        : {
            video: "Video (WebM)",
            videoNote: "Six seconds: a circle goes once round. Full screen works too.",
            sound: "Sound",
            soundNote:
              "Four notes, one after the other. If you hear nothing, check the volume of your computer.",
            motion: "Something that moves",
            motionNote: "Does it look smooth? The number is how often it is drawn in a second.",
            stop: "Stop moving",
          };
    return `<h2>${words.video}</h2><p>${words.videoNote}</p>
<video id="video" src="/media/circle.webm" controls loop muted playsinline width="640" height="360"></video>
<h2>${words.sound}</h2><p>${words.soundNote}</p>
<audio id="sound" src="/media/chime.wav" controls></audio>
<h2>${words.motion}</h2><p>${words.motionNote}</p>
<canvas id="motion" width="640" height="200"></canvas>
<p><output id="fps">0</output> fps <button id="stop" type="button" class="quiet">${words.stop}</button></p>`;
  },
};
