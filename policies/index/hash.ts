/**
 * The keyed hash of list entries. Read from the right, so that one pass over a host name gives the
 * hashes of all its parent domains. Pure.
 *
 * It only finds candidates: every hit is compared with the entry itself before it counts. The key keeps
 * outsiders from making lists whose entries all fall together; it is no secret that anything rests on.
 */

export interface HashKey {
  readonly seedA: number;
  readonly seedB: number;
  /** Odd. */
  readonly factorA: number;
  readonly factorB: number;
}

/** @param bytes 16 random bytes */
export function hashKey(bytes: Uint8Array): HashKey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return {
    seedA: view.getInt32(0, true),
    seedB: view.getInt32(4, true),
    factorA: view.getInt32(8, true) | 1,
    factorB: view.getInt32(12, true) | 1,
  };
}

export const stepA = (a: number, code: number, factor: number): number => {
  const h = Math.imul(a ^ code, factor);
  return h ^ (h >>> 15);
};
export const stepB = (b: number, code: number, factor: number): number => {
  const h = Math.imul(b + code, factor);
  return h ^ (h >>> 13);
};

/** Spreads the last step over all 32 bits (the finaliser of MurmurHash3). */
export function finish(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Both hashes of one entry, for the slow path and for checking what was read back. */
export function hashOf(text: string, key: HashKey): { a: number; b: number } {
  let a = key.seedA;
  let b = key.seedB;
  for (let i = text.length - 1; i >= 0; i--) {
    const code = text.charCodeAt(i);
    a = stepA(a, code, key.factorA);
    b = stepB(b, code, key.factorB);
  }
  return { a: finish(a), b: finish(b) };
}
