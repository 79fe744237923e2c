/**
 * The settings of the profile each document is opened with. The container has no network and holds nothing but the
 * document: these say in LibreOffice's own words what could not happen anyway. Pure.
 */
type Setting = readonly [path: string, name: string, value: boolean | number | string];

const settings: readonly Setting[] = [
  // Macros: highest level, and not even signed ones.
  ["Office.Common/Security/Scripting", "MacroSecurityLevel", 3],
  ["Office.Common/Security/Scripting", "DisableMacrosExecution", true],
  ["Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", true],
  // 2 is never.
  ["Office.Writer/Content/Update", "Link", 2],
  ["Office.Calc/Content/Update", "Link", 2],
  // Where a document does not say: glyphs, dates and money of Japan, not of the first CJK locale.
  ["Office.Linguistic/General", "DefaultLocale_CJK", "ja-JP"],
  ["Setup/L10N", "ooSetupSystemLocale", "ja-JP"],
  // Values stay those the document was saved with; 1 is never.
  ["Office.Calc/Formula/Load", "OOXMLRecalcMode", 1],
];

export function profileSettings(): string {
  const items = settings.map(
    ([path, name, value]) =>
      `<item oor:path="/org.openoffice.${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${items.join("")}</oor:items>\n`;
}
