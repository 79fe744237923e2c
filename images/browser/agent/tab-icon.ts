/**
 * The icon of the page in a tab, made here into a few pixels, so that nobody outside has to decode it. Everything
 * happens in a world of its own within the page: what it fetches is what the page could, its size and time are
 * bounded, and what is no picture, or no picture that Chromium makes pixels of at once (SVG), is no icon.
 */
import { iconPx } from "../../wire/control.ts";

const mostBytes = 256 * 1024;
const mostMs = 3000;
/** A page may have any number of links. */
const mostLinks = 20;

/** Evaluates to the pixels in base64, or to null. */
export const iconExpression = `(async () => {
  try {
    if (!/^https?:$/.test(location.protocol)) return null;
    const links = [];
    for (const link of document.querySelectorAll('link[rel~="icon" i][href]')) {
      if (links.push(link) >= ${mostLinks}) break;
    }
    const raster = links.filter(({ type, href }) => type !== "image/svg+xml" && !/\\.svg$/i.test(href));
    const near = raster.find(({ sizes }) => sizes.contains("16x16") || sizes.contains("32x32"));
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;
    // A page that was refused has nothing more to be asked for.
    if (status >= 400) return null;
    const url = (near ?? raster[0])?.href ?? (links.length > 0 ? null : "/favicon.ico");
    if (url === null) return null;
    const signal = AbortSignal.timeout(${mostMs});
    const answer = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", signal });
    if (!answer.ok || !answer.body) return null;
    const pieces = [];
    let length = 0;
    for await (const piece of answer.body) {
      length += piece.length;
      if (length > ${mostBytes}) return null;
      pieces.push(piece);
    }
    const side = ${iconPx};
    const size = { resizeWidth: side, resizeHeight: side, resizeQuality: "high" };
    const picture = await createImageBitmap(new Blob(pieces), size);
    const context = new OffscreenCanvas(side, side).getContext("2d");
    context.drawImage(picture, 0, 0);
    return btoa(String.fromCharCode(...context.getImageData(0, 0, side, side).data));
  } catch {
    return null;
  }
})()`;
