/** How LibreOffice is called, when its profile is made for the image and when a document is converted. Pure. */
export const soffice = "/usr/lib/libreoffice/program/soffice";

/** Made once for the image (`make-profile.ts`); each box works on a copy. */
export const madeProfile = "/app/profile";

export const sofficeOptions = (profileDir: string): string[] => [
  `-env:UserInstallation=file://${profileDir}`,
  ..."--headless --norestore --nologo --nolockcheck --nodefault".split(" "),
];
