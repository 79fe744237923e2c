/**
 * The site's own certificate authority: made once, ten years, handed to terminals by Group Policy. Its key
 * never leaves the keys folder.
 */
import { join } from "node:path";
import {
  type CertificateAuthority,
  makeAuthority,
  readAuthority,
} from "../../orchestrator/base/certificates/authority.ts";

const tenYearsMs = 3652 * 24 * 60 * 60 * 1000;

/** Reads the authority, or makes it when it is not there. */
export async function ensureSiteCa(keysDir: string, name: string): Promise<CertificateAuthority> {
  const file = join(keysDir, "site-ca");
  const facts = {
    name: `CN=Hanare Site CA ${name}, O=Hanare`,
    validMs: tenYearsMs,
    signsLists: true,
  };
  return (await readAuthority(file)) ?? makeAuthority(file, facts, Date.now());
}
