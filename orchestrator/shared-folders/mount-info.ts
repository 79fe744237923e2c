/** Lines of /proc/self/mountinfo (proc_pid_mountinfo(5)). Pure. */

export interface Mount {
  readonly id: number;
  /** Where it is mounted. */
  readonly point: string;
  /** "cifs", "smb3", "ext4" … */
  readonly fileSystem: string;
}

/** Space, tab, newline and backslash are written as octal numbers there. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_whole, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );

export function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [id = "", , , , point = ""] = before.split(" ");
    const [fileSystem = ""] = after.split(" ");
    return /^\d+$/.test(id) && point !== "" && fileSystem !== ""
      ? [{ id: Number(id), point: unescape(point), fileSystem }]
      : [];
  });
}

/** The id of the mount that an open file is on, from /proc/self/fdinfo. */
export function mountIdOf(fdInfo: string): number | undefined {
  const found = /^mnt_id:\s*(\d+)$/m.exec(fdInfo)?.[1];
  return found === undefined ? undefined : Number(found);
}
