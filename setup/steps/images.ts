/** Builds what containers are made from; nothing to do when the tree has not changed. */
import type { Step } from "../context.ts";
import { ensureImages } from "../images.ts";

export const images: Step = {
  name: { ja: "コンテナイメージ", en: "Container images" },
  async run(context, progress) {
    const { dataDir, logFile, signal, willListen } = context;
    await ensureImages(
      { dataDir, logFile, engine: context.engine(), tidy: willListen, onProgress: progress },
      signal,
    );
    return undefined;
  },
};
