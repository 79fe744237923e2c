/** The browser's per-session policy file: certificate authorities the site adds. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AppError } from "../base/errors.ts";

/** Throws CONFIG_INVALID, naming the file that is no certificate. */
export async function chromiumPolicyText(
  trustCaFiles: readonly string[],
  /** PEM of the authority behind the pages for refused https hosts. */
  refusalCa?: string,
): Promise<string> {
  const authorities: string[] = [];
  if (refusalCa !== undefined)
    authorities.push(new X509Certificate(refusalCa).raw.toString("base64"));
  for (const file of trustCaFiles) {
    try {
      authorities.push(new X509Certificate(await readFile(file)).raw.toString("base64"));
    } catch (error) {
      throw new AppError(
        "CONFIG_INVALID",
        { file, what: "browser.trustCaFiles: not a PEM certificate" },
        error,
      );
    }
  }
  return JSON.stringify(authorities.length === 0 ? {} : { CACertificates: authorities });
}
