/**
 * The authority behind redirects (redirectMode "mint"). Not renewed by itself: Group Policy hands it out, and
 * terminals know the old one. When it is over, nothing is signed and terminals see their browser's own error.
 */
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { readPem } from "../../orchestrator/base/certificates/pem-files.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** Handing a new authority out to every terminal takes a while. */
const renewDays = 90;

export async function checkRedirectCa(keysDir: string, now: number): Promise<Finding> {
  const file = join(keysDir, "redirect-ca.crt");
  const text = await readPem(file);
  if (text === undefined)
    return ok({ ja: `${file}: 次の起動で作成`, en: `${file}: made at the next start` });
  const { validFrom, validTo } = new X509Certificate(text);
  const days = Math.floor((Date.parse(validTo) - now) / dayMs);
  const facts = { days, path: keysDir };
  if (Date.parse(validFrom) > now)
    return fail(
      {
        ja: `${new Date(validFrom).toISOString()} から有効`,
        en: `not valid before ${new Date(validFrom).toISOString()}`,
      },
      "CLOCK_WRONG",
      { now: new Date(now).toISOString() },
    );
  if (days < 0)
    return fail(
      { ja: `${-days} 日前に期限切れ`, en: `over since ${-days} days` },
      "REDIRECT_CA_RENEW",
      facts,
    );
  const detail = { ja: `残り ${days} 日`, en: `${days} days left` };
  return days < renewDays ? warn(detail, "REDIRECT_CA_RENEW", facts) : ok(detail);
}
