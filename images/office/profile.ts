/**
 * The settings of the profile each document is opened with. The container has no network and holds nothing but the
 * document: these say in LibreOffice's own words what could not happen anyway. Pure.
 */
type Setting = readonly [path: string, name: string, value: boolean | number];

const settings: readonly Setting[] = [
  // Macros: highest level, and not even signed ones.
  ["Common/Security/Scripting", "MacroSecurityLevel", 3],
  ["Common/Security/Scripting", "DisableMacrosExecution", true],
  ["Common/Security/Scripting", "BlockUntrustedRefererLinks", true],
  // 2 is never.
  ["Writer/Content/Update", "Link", 2],
  ["Calc/Content/Update", "Link", 2],
  // Values stay those the document was saved with; 1 is never.
  ["Calc/Formula/Load", "OOXMLRecalcMode", 1],
];

export function profileSettings(): string {
  const items = settings.map(
    ([path, name, value]) =>
      `<item oor:path="/org.openoffice.Office.${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${items.join("")}</oor:items>\n`;
}
