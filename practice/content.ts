/** Everything the site serves, read or computed into memory before the process gives up its rights. */
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { makeChime } from "./media/chime.ts";
import { makeCircleFilm } from "./media/circle-film.ts";
import type { Site } from "./page.ts";
import { blockedPage } from "./pages/blocked.ts";
import { filesPage } from "./pages/files.ts";
import { echoPage, formsPage } from "./pages/forms.ts";
import { indexPage } from "./pages/index.ts";
import { mediaPage } from "./pages/media.ts";
import { popupsPage } from "./pages/popups.ts";
import { searchPage } from "./pages/search.ts";
import { sendPage } from "./pages/send.ts";
import { textPage } from "./pages/text.ts";
import { makeSamples } from "./samples/samples.ts";

export interface StaticFile {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface Content {
  readonly site: Site;
  /** By path. */
  readonly files: ReadonlyMap<string, StaticFile>;
}

const pages = [
  indexPage,
  textPage,
  formsPage,
  echoPage,
  mediaPage,
  popupsPage,
  blockedPage,
  filesPage,
  sendPage,
  searchPage,
];

/** The first that is not the machine's own loop; documentation range where there is none. */
function machineAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);
  return found?.address ?? "192.0.2.1";
}

export async function loadContent(host: string): Promise<Content> {
  const asset = (name: string): Promise<Buffer> =>
    readFile(join(import.meta.dirname, "assets", name));
  const [css, script, icon, film, samples] = await Promise.all([
    asset("practice.css"),
    asset("practice.js"),
    asset("icon.svg"),
    makeCircleFilm(),
    makeSamples(),
  ]);
  return {
    site: { host, machineAddress: machineAddress(), samples, pages },
    files: new Map([
      ["/assets/practice.css", { mediaType: "text/css; charset=utf-8", bytes: css }],
      ["/assets/practice.js", { mediaType: "text/javascript; charset=utf-8", bytes: script }],
      ["/assets/icon.svg", { mediaType: "image/svg+xml", bytes: icon }],
      ["/favicon.ico", { mediaType: "image/svg+xml", bytes: icon }],
      ["/media/circle.webm", { mediaType: "video/webm", bytes: film }],
      ["/media/chime.wav", { mediaType: "audio/wav", bytes: makeChime() }],
    ]),
  };
}
