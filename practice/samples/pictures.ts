/** Picture samples, painted at run time. */
import sharp, { type Sharp } from "sharp";

const width = 640;
const height = 420;

type Colour = readonly [number, number, number];

const mix = (from: Colour, to: Colour, share: number): Colour => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
];

/** A hillside at dusk: sky, sun, two ridges and a lit house, pixel by pixel. */
function colourAt(x: number, y: number): Colour {
  const inHouse = x > 250 && x < 390 && y > 350 && y < 400;
  if (inHouse) return x > 305 && x < 335 && y > 365 ? [255, 217, 102] : [31, 45, 36];
  if (y > 305 && y <= 350 && Math.abs(x - 320) < (y - 305) * 1.9) return [31, 45, 36];
  if (y > 300 + 40 * Math.sin(x / 95)) return [56, 84, 61];
  if (y > 250 + 45 * Math.sin(x / 60 + 2)) return [78, 108, 92];
  if ((x - 470) ** 2 + (y - 190) ** 2 < 46 ** 2) return [255, 242, 204];
  return mix([39, 68, 114], [246, 178, 107], y / height);
}

function painted(): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) pixels.set(colourAt(x, y), (y * width + x) * 3);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** With the place it was taken at in its EXIF data. */
export const photoWithPlace = (): Promise<Buffer> =>
  painted()
    .jpeg({ quality: 85 })
    .withExif({
      IFD0: { Make: "Hanare", Model: "Practice camera", Software: "Practice site" },
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: "35/1 41/1 22/1",
        GPSLongitudeRef: "E",
        GPSLongitude: "139/1 41/1 30/1",
      },
    })
    .toBuffer();

/** Interlaced: no rebuild writes it like that, so that an original can be told from what became of it. */
export const plainPicture = (): Promise<Buffer> => painted().png({ progressive: true }).toBuffer();
