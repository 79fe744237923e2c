/** Archives of formats that no free program writes, for tests: LHA level 0, Microsoft cabinet, a locked RAR. */

/** CRC-16 as LHA uses it. */
function crc16(data: Buffer): number {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export function lzhOf(name: Buffer, data: Buffer): Buffer {
  const body = Buffer.alloc(20 + 1 + name.length + 2);
  body.write("-lh0-", 0, "latin1");
  body.writeUInt32LE(data.length, 5);
  body.writeUInt32LE(data.length, 9);
  body.writeUInt32LE(0x5a21_0000, 13);
  body.writeUInt8(0x20, 17);
  body.writeUInt8(0, 18);
  body.writeUInt8(name.length, 19);
  name.copy(body, 20);
  body.writeUInt16LE(crc16(data), 20 + name.length);
  const header = body.subarray(0, 22 + name.length);
  const sum = header.reduce((total, byte) => (total + byte) & 0xff, 0);
  return Buffer.concat([Buffer.from([header.length, sum]), header, data, Buffer.from([0])]);
}

export function cabOf(name: Buffer, data: Buffer): Buffer {
  const header = Buffer.alloc(36);
  const folder = Buffer.alloc(8);
  const file = Buffer.alloc(16 + name.length + 1);
  const block = Buffer.alloc(8);
  const filesAt = header.length + folder.length;
  const dataAt = filesAt + file.length;
  header.write("MSCF", 0, "latin1");
  header.writeUInt32LE(dataAt + block.length + data.length, 8);
  header.writeUInt32LE(filesAt, 16);
  header.writeUInt8(3, 24);
  header.writeUInt8(1, 25);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(1, 28);
  folder.writeUInt32LE(dataAt, 0);
  folder.writeUInt16LE(1, 4);
  file.writeUInt32LE(data.length, 0);
  file.writeUInt16LE(0x5a21, 10);
  file.writeUInt16LE(0x20, 14);
  name.copy(file, 16);
  // A block checksum of zero says that there is none.
  block.writeUInt16LE(data.length, 4);
  block.writeUInt16LE(data.length, 6);
  return Buffer.concat([header, folder, file, block, data]);
}

/**
 * `stest1.txt` and `stest2.txt` behind "password". From the tests of rarfile by Marko Kreen (ISC licence), `rar5-psw.rar`:
 * only RAR itself writes one.
 */
export const lockedRar = Buffer.from(
  [
    "UmFyIRoHAQDz4YLrCwEFBwAGAQGAgIAA1maebhMDAp8ABJ8AACJDfqmAAAEDQ01UUkFSNSBhcmNoaXZlIC0gbm9oZHItcGFzc3dvcmQKAJib",
    "2Y5ZAgM8wAAEgBCkgwLq7ii6gAMBCnN0ZXN0MS50eHQwAQADD36YLN0a4hw2x6OR2o0IimigOq0m9IJ7h9VMclznO2lngVHP9jZJwW4YaiIP",
    "CgMCgMwgl+YozAFvXOSKu4lkW22a9BUVMg/KTEgfLmj8fkUbh1+PPsmRIRwPkcBeDl2ssikAolPsTaFiZXO/K9VBSFSBmxJSN991gzr80GkC",
    "A0yAEASAEKSDAuruKLqAAAEKc3Rlc3QyLnR4dDABAAMPfpgs3RriHDbHo5HajQiKaN+D+gzYboi4tvhRRn15SdKBUc/2NknBbhhqIg8aAw6A",
    "zCCX5ijMAYAW4xIKtNEBgHBFFQq00QFJ0Rg4cbziZUNXpSVodpqNzcGF0zApOoi/Z5yIDtqpYBOczY75rzda9tBj5Od7CS8YnvyhckMbjxGb",
    "fkhAf1GRHQwF0y9hsZFUbS8EHWH+5o7FCxNwCK92rTKdNZuqGodC3zEs9e0p2yrfgMQKXLwS7ZkG+YMxbzwlfYN6vXc1Z4yFdcxDDnmeyIHG",
    "7JNoxlawEtgiQfDFhMbAysxIayz63U+peiDhZqsSjG8D/CRYIuACxZdPD9/h4teHcvCHfdwGm8em2c1w+kHIB/iwwTlbijb7yOxf9yRBkQoF",
    "h5aIu3NCObwScRaTN2Gut668RyCCDtfnBgvxekMV37ehVaekm5v/HyCIxXS2Y3vRbSDSKxgTA1HFZwxORH8OSJF0wank9IRhcdXr9PmEUn7l",
    "u4LID1rXyx5EbBaFyR7ngT9AkgQx7cwt2yFJKgx8y1Z9/3vXNNKDQmBdZxD6G+JD+oycEbitAFp6rZMxD5zAyaQSCTmDYOoH6Lfx+V5jsxIN",
    "OndMhvJCBeYmJx5PlGXaThkhEIYKuV3zi2qLG1jT5cZ7KfjA7iPTiWo7o/Fx1p0QmuXRelJtvYhUXanI9F+7O3Nu47ZSqrYNqRuNAIDDiI50",
    "kGR4O2cSU7ea/PZ8qiHRgR53QL3gs+jgL78ELlJTuQQjRP3P7rekaqNwIE21YacQ79V9xTntLUq0s+BAnCVV8t6GpmhqWCqvAdSb/Fdu0ot8",
    "pHQZ1wmbK5khx7RvaSyq/Ct5UTutp+QLVckbf0ZQ1Bm1wmo5rav72fL0cypxwmSi1fpQwgZ97fKvCZ5b7umuE6a7Bh7i1KBp6bPdy8n4nWfD",
    "oWPyJlNbNiaJBHrVX6YniBDgb3WMswOKxLRRAu1yhRaaWlPWUN1EL3MrnmatY9BHskzD/lP66MhOgZnLbCGOKf8e1PGqsrb+QbJEbLpq0MmF",
    "PCSxT+GDnM7XLEmJguKZBfovXcMYtjJPwg0R7Yq1CASsVf/c339fal72x8k2Bgjy/M5zwiMjq7CxjDFVePxHQh7a2pbr1LpeDRR1jhCTizLP",
    "hebjUMOnDKUr2zODHLMJrUkxDa3QN1d9UIgDKoMr3kVTB+SWgDhOVHAM0WMX1XSxojDgIr2vRAr4wdKSZ7y7UnCHBSR9HRekf5KlshYMmKLw",
    "rYCCR6UJYpcyh/hsel0jDQgedzUWPbDcAPC+BCknbd7OZDUP95q9LgQhJ3QInJNTNrvpXyakWiKnX/YLWKukxe+zNLaYIJQ6xBABFI0LqsLa",
    "4S7KCWBcgT4mgt7rOUEeTvkOxk8oEJN8ViA436kZR0YsRR3CRTcYCHxkO2nZNOvon9o/j3kf27DwAjXDWRIrEW23UL6Hk35Z1kX/zPVzwhEE",
    "3Rj4xixro2xexLA2gGGopH2hgOK3yOemXRseVRpdpucqanE6ojKjO4rzThknQgT9vXkIwSUP0D47LG87UR5LmceFYjiH/26lQBmjOkJIJ+No",
    "mpoSQ2PgRXohMwqbwa252zEIIVMwmj8jkchR+Bi+CgjqsApAXgebIGy0fAORu9DcLNWaVEWFFyYmfmaHt9v87O8SyppS6BKZZuhY1nJ41O2H",
    "nHSVFXg852Snbiz7JQyOWlK4mPK+m2UjsSCqEhQCGmMTgGNfHwBuo8a6PTH1Y0PDgBa9Q/9MXvfMrKNRj/mic71/5aOaqZoHzKMgjpHwJTli",
    "O+MmX/IDLTA2C9ixFBiZfnO0N8iy/YxASNV1V0wlvHDLgh4ddjP16vNhN4el1XGkLIkdWTinE2mJ1tn8Rg2Lk2yKd52WPiFzqqf9QdqeqFSo",
    "ezHSjhhNAyXZIsuRPxmGKdByG2qGPIyZP3E+JKwg0f+ni59LGQ+kTUNnTvG0uAoA166bYQQzTOM4Bifd0DNvZb1COilHKkD4uXAy2UbD4Fn+",
    "JC6cvSXY/Icuhl4MaIgPDzFJTs1tVhbSW3CQ7W4NWRszSW6nVwXZ5C6uuLbhQ1tgV9UTHUh2O8jaIRdh++SAhFh6D2CLh2Wl9y1CbSigqe1d",
    "Xfg3bsVd5a3fhVYr3szvn5vVDBuzJhxfWzKnNg3EI/FStxg5CLQPRC/fZlE8yfbBzP2LmGD1EUXybTUWzzG20Wjy07vvFzjz13o0bsS1BzfJ",
    "e29CfQeMoF0997VJpIhrT2MxYeWM0tBYPBOER3dwn4tBO7CkwfvTgI+OsqjHTl/A7Ac7VamthyVeuVyr7+JSlv3m9SHjX1SaRFdHxt8k0R/o",
    "LQDnO69s4Qot0TqkaNdQYGhfv06rf3RiCCWjv50BF46+dDyoJVUy2qlarbbq/8njB882jXDHhF02mj5KHMvIcFTlDSr464r3tOmPGXf08aZw",
    "gqhHf8KQVvzLg+BQerTOOxPKAB6p9hmtTt0NOaYKQTRp7mNkxACZVj0i06WLrN8RTdT9Kdh+SoE/7SVhejXh3+Xe5uu19BDGLaqfcTRao6OP",
    "5FXDYROHoGSIWTDOpYn5AxyWxE+FJqlDWjvmUNuqvgVSvWcX3dRcC4Hb4B/aEpEi65AqFt8IayCVDvxtgmdnVMNOt0n3N/PHu+fld3v4Qlhw",
    "UtwHTMnKakcvdwTY3zdo4564CizImbpTgwQ7hEcfyxe7qHGYp/Fbj5C5m5AAqfw+R7bmskrZwBvghzPVZxWOo30Pu9uT9l39iiPhiHQxRH6h",
    "NRkWQ1dmI1YEB4h1YTz23+Ma8bd2LsZ0xwTLGpG1WdcKJBcrBlJh45vKsL+6Qh13VlEDBQQA",
  ].join(""),
  "base64",
);
