/** The version of LibreOffice, for the record of each verdict. Read from package files, no program is started. */
import { readFileSync } from "node:fs";

export function libreOfficeVersion(): string {
  const status = readFileSync("/var/lib/dpkg/status", "utf8");
  const found = /^Package: libreoffice-core-nogui\n(?:.+\n)*?Version: (.+)$/m.exec(status)?.[1];
  return found?.slice(0, 64) ?? "unknown";
}
