/**
 * First code of every page. A viewer's connection and its first picture come before everything else: the
 * pages' own code, which takes longer to evaluate than a picture to arrive, waits for it a moment.
 */
import { beginFirstConnection } from "./viewer/first-connection.ts";
import { firstPictureShown } from "./viewer/first-picture.ts";

const longestWaitMs = 500;

beginFirstConnection(location.pathname, location.search);
const waited = new Promise((resolve) => setTimeout(resolve, longestWaitMs));
void Promise.race([firstPictureShown, waited]).then(() => import("./main.tsx"));
