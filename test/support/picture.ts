/** What a screenshot shows, roughly. */
import sharp from "sharp";

export interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** Mean of all pixels, 0..255 a channel. */
export async function averageColour(png: Buffer): Promise<Colour> {
  const { channels } = await sharp(png).stats();
  const [r, g, b] = channels.map(({ mean }) => mean);
  return { r: r ?? 0, g: g ?? 0, b: b ?? 0 };
}
