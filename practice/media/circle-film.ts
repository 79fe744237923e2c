/** Draws the practice video: a circle that goes once round in six seconds, with a bar for the time. */
import sharp from "sharp";
import { makeWebm, vp8FrameOf } from "./webm.ts";

const width = 640;
const height = 360;
const framesPerSecond = 12;
const seconds = 6;

function picture(share: number): string {
  const angle = share * 2 * Math.PI - Math.PI / 2;
  const x = width / 2 + Math.cos(angle) * 110;
  const y = 165 + Math.sin(angle) * 110;
  const hue = Math.round(share * 360);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#0b1030"/><circle cx="${width / 2}" cy="165" r="110" fill="none" stroke="#2b3570" stroke-width="6"/><path d="M260 180 320 135l60 45h-15v45h-90v-45z" fill="#fff"/><circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="22" fill="hsl(${hue},85%,62%)"/><rect x="40" y="325" width="560" height="10" rx="5" fill="#2b3570"/><rect x="40" y="325" width="${Math.round(560 * share)}" height="10" rx="5" fill="#7096f8"/></svg>`;
}

export async function makeCircleFilm(): Promise<Buffer> {
  const frames: Buffer[] = [];
  for (let index = 0; index < framesPerSecond * seconds; index++) {
    const webp = await sharp(Buffer.from(picture(index / (framesPerSecond * seconds))))
      .flatten({ background: "#0b1030" })
      .webp({ quality: 70, effort: 0 })
      .toBuffer();
    frames.push(vp8FrameOf(webp));
  }
  return makeWebm({ width, height, framesPerSecond, frames });
}
