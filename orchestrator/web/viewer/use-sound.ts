/** Whether the person wants to hear pages, kept on this terminal, and what is heard. */
import { useCallback, useEffect, useState } from "react";
import { openSound } from "./sound.ts";
import { canPlaySound, type PlayerState } from "./sound-player.ts";

const key = "hanare.muted";

export interface SoundChoice {
  /** `impossible`: this terminal's browser cannot. */
  readonly state: PlayerState | "failed" | "impossible" | "muted";
  readonly toggle: () => void;
}

/** `allowed` by the policy; null where it lets no sound through. */
export function useSound(sessionId: string, allowed: boolean): SoundChoice | null {
  const [muted, setMuted] = useState(() => localStorage.getItem(key) === "yes");
  const [state, setState] = useState<PlayerState | "failed">("quiet");
  const wanted = allowed && !muted && canPlaySound();
  useEffect(() => {
    if (!wanted) return;
    setState("quiet");
    const opened = openSound(sessionId, { onState: setState });
    return () => opened.close();
  }, [sessionId, wanted]);
  const toggle = useCallback(() => {
    localStorage.setItem(key, muted ? "no" : "yes");
    setMuted(!muted);
  }, [muted]);
  if (!allowed) return null;
  if (!canPlaySound()) return { state: "impossible", toggle };
  return { state: muted ? "muted" : state, toggle };
}
