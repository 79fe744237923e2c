/** Tells the gateway that the person is there: at most every 15 s, at once while a warning stands. */
import { useEffect, useRef } from "react";
import type { ViewerMessage } from "../../http/room-contract.ts";

const everyMs = 15_000;
const signs = [
  "pointerdown",
  "pointermove",
  "keydown",
  "wheel",
  "compositionupdate",
  "touchstart",
] as const;

export function useActivity(
  warned: boolean,
  send: (message: ViewerMessage) => void,
  continueIdle: () => void,
): void {
  const last = useRef(-everyMs);
  useEffect(() => {
    const onSign = (): void => {
      const now = performance.now();
      if (!warned && now - last.current < everyMs) return;
      last.current = now;
      if (warned) continueIdle();
      else send({ type: "activity" });
    };
    // Captured: noVNC stops the pointer's events on their way up.
    for (const name of signs)
      window.addEventListener(name, onSign, { capture: true, passive: true });
    return () => {
      for (const name of signs) window.removeEventListener(name, onSign, { capture: true });
    };
  }, [warned, send, continueIdle]);
}
