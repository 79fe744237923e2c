/**
 * The icon of the page in a tab, made here into a few pixels, so that nobody outside has to decode it. Everything
 * happens in a world of its own within the page: what it fetches is what the page could, its size and time are
 * bounded, and what Chromium makes no pixels of is no icon. A drawing (SVG) is drawn as a picture: it runs no
 * script and loads nothing.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { iconPx } from "../../wire/control.ts";
import { asText } from "./cdp.ts";

const mostBytes = 256 * 1024;
const mostMs = 3000;
/** A page may have any number of links. */
const mostLinks = 20;
/** A page that changes its icon all the time is followed at this pace. */
const restMs = 1000;

/**
 * Tells of the icon of a document that has loaded, and again whenever its links have changed. `look` evaluates in
 * our world within that document; once another one is there, it rejects or has no value, and this ends.
 */
export async function followIcon(
  look: (expression: string) => Promise<unknown>,
  tell: (pixels: string | null) => void,
): Promise<void> {
  let watched = await look(linksExpression(false));
  while (watched === true) {
    tell(asText(await look(iconExpression)) ?? null);
    await sleep(restMs);
    watched = await look(linksExpression(true));
  }
}

const iconLinks = `(() => {
  const links = [];
  for (const link of document.querySelectorAll('link[rel~="icon" i][href]')) {
    if (links.push(link) >= ${mostLinks}) break;
  }
  return links;
})`;

/**
 * True once the links are others than those of the last time, or at once where nobody waits for that; false when
 * somebody else began to wait in this document.
 */
const linksExpression = (wait: boolean): string => `(async () => {
  const said = () => ${iconLinks}().map((link) => link.outerHTML).join();
  const icon = (globalThis.icon ??= {});
  icon.stop?.(false);
  if (${wait} && said() === icon.said) {
    const changed = await new Promise((resolve) => {
      icon.stop = resolve;
      icon.watch?.disconnect();
      icon.watch = new MutationObserver(() => said() !== icon.said && resolve(true));
      const attributeFilter = ["href", "rel", "sizes", "type"];
      const what = { attributeFilter, childList: true, subtree: true };
      icon.watch.observe(document.head ?? document.documentElement, what);
    });
    if (!changed) return false;
    icon.watch.disconnect();
  }
  icon.stop = undefined;
  icon.said = said();
  return true;
})()`;

/** Evaluates to the pixels in base64, or to null. */
const iconExpression = `(async () => {
  try {
    if (!/^https?:$/.test(location.protocol)) return null;
    // A page that was refused has nothing more to be asked for.
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;
    if (status >= 400) return null;
    const links = ${iconLinks}();
    const isDrawing = ({ type, href }) => type === "image/svg+xml" || /\\.svg$/i.test(href);
    const raster = links.filter((link) => !isDrawing(link));
    const near = raster.find(({ sizes }) => sizes.contains("16x16") || sizes.contains("32x32"));
    const url = (near ?? raster[0] ?? links[0])?.href ?? "/favicon.ico";
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
    const type = (answer.headers.get("content-type") ?? "").split(";")[0].trim();
    const side = ${iconPx};
    const context = new OffscreenCanvas(side, side).getContext("2d");
    if (type === "image/svg+xml") {
      const drawing = new Image(side, side);
      drawing.src = await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(new Blob(pieces, { type }));
      });
      const late = new Promise((_, reject) => signal.addEventListener("abort", reject));
      await Promise.race([drawing.decode(), late]);
      context.drawImage(drawing, 0, 0, side, side);
    } else {
      const size = { resizeWidth: side, resizeHeight: side, resizeQuality: "high" };
      context.drawImage(await createImageBitmap(new Blob(pieces), size), 0, 0);
    }
    return btoa(String.fromCharCode(...context.getImageData(0, 0, side, side).data));
  } catch {
    return null;
  }
})()`;
