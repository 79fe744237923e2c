/**
 * First code of every page. A viewer's connection and its first picture come before everything else: the
 * pages' own code, which takes longer to evaluate than a picture to arrive, waits for it a moment. A page
 * that the browser prepares for the next click loads all code, and begins when it is shown.
 */
import { beginFirstConnection } from "./viewer/first-connection.ts";
import { firstPictureShown } from "./viewer/first-picture.ts";
import { takeHandedClick } from "./viewer/handed-click.ts";
import { startPath } from "./viewer/opening.ts";

const longestWaitMs = 250;

function begin(): void {
  if (location.pathname === startPath) window.name = takeHandedClick(Date.now()) ?? window.name;
  beginFirstConnection(location.pathname, location.search);
  const waited = new Promise((resolve) => setTimeout(resolve, longestWaitMs));
  void Promise.race([firstPictureShown, waited]).then(() => import("./main.tsx"));
}

if ("prerendering" in document && document.prerendering === true) {
  document.addEventListener("prerenderingchange", begin, { once: true });
  void import("./app.tsx");
  void import("@novnc/novnc");
} else begin();
