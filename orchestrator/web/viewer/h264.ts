/** What a decoder must be told of an H.264 stream before its first frame. Pure. */

/**
 * The codec string (RFC 6381, 3.3) of the sequence parameter set in an access unit: profile, constraints and
 * level. Throws when there is none.
 */
export function codecOf(accessUnit: Uint8Array): string {
  for (let at = 0; at + 7 < accessUnit.length; at += 1) {
    const start = accessUnit[at] === 0 && accessUnit[at + 1] === 0 && accessUnit[at + 2] === 1;
    if (!start || ((accessUnit[at + 3] ?? 0) & 0x1f) !== 7) continue;
    const bytes = accessUnit.subarray(at + 4, at + 7);
    return `avc1.${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
  throw new Error("video without parameters");
}
