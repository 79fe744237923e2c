/** Text of a list that came from somewhere: UTF-8 with or without its mark, else CP932 as Excel saves it. */
import { encodeCp932 as encode } from "../../orchestrator/base/cp932.ts";

export type Encoding = "utf-8" | "cp932";

/** Undefined when it is neither. */
export function decodeText(
  bytes: Uint8Array,
): { readonly text: string; readonly encoding: Encoding } | undefined {
  for (const [encoding, label] of [
    ["utf-8", "utf-8"],
    ["cp932", "shift_jis"],
  ] as const) {
    try {
      return { text: new TextDecoder(label, { fatal: true }).decode(bytes), encoding };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return undefined;
}

/** Characters that CP932 lacks come back in `missing`, as "?". */
export function encodeCp932(text: string): { bytes: Buffer; missing: readonly string[] } {
  const missing = new Set<string>();
  const bytes = encode(text, (sign) => {
    missing.add(sign);
    return "?";
  });
  return { bytes: Buffer.from(bytes), missing: [...missing] };
}
