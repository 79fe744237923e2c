/**
 * What a terminal's refused https page becomes. `none`: the browser's own error. `extension`: our browser
 * extension leads on. `mint`: a redirect inside a certificate made for it. The zero value does least.
 */
export const redirectModes = ["none", "extension", "mint"] as const;
export type RedirectMode = (typeof redirectModes)[number];
