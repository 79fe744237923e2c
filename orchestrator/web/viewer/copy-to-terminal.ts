/**
 * Puts what was copied in the isolated browser on the terminal's clipboard. Only for somebody who is there
 * and has just done something: what the other side says by itself does not reach the clipboard unasked.
 */
import { sinceLastGestureMs } from "./last-gesture.ts";

const gestureMs = 5000;

/** False when it is not there: nobody asked just now, or the terminal's browser refuses. `asked`: by a click for it. */
export async function copyToTerminal(text: string, asked = false): Promise<boolean> {
  if (!asked && !(sinceLastGestureMs() < gestureMs && document.hasFocus())) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Refused by the terminal's browser: it wants a click of its own, and the page offers one.
    return false;
  }
}
