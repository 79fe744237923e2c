/** Which way the person wants the picture to take, kept on this terminal, and which way it takes. */
import { useCallback, useState } from "react";
import { canShowScreen } from "./picture-screen.ts";
import type { PictureWay } from "./picture.ts";

const key = "hanare.picture";

export interface PictureWayChoice {
  readonly wanted: PictureWay;
  /** Null until there is a picture. */
  readonly taken: PictureWay | null;
  readonly onWay: (way: PictureWay) => void;
  /** To the other way; null when this terminal has only one. */
  readonly change: (() => void) | null;
}

export function usePictureWay(): PictureWayChoice {
  const [wanted, setWanted] = useState<PictureWay>(stored);
  const [taken, setTaken] = useState<PictureWay | null>(null);
  const change = useCallback(() => {
    const next = wanted === "screen" ? "rfb" : "screen";
    localStorage.setItem(key, next);
    setWanted(next);
  }, [wanted]);
  return { wanted, taken, onWay: setTaken, change: canShowScreen() ? change : null };
}

function stored(): PictureWay {
  return localStorage.getItem(key) === "rfb" ? "rfb" : "screen";
}
