/** Gives up root for good. A process of ours that was not started as root keeps what it is. */
export function dropPrivileges(uid: string | undefined): void {
  if (uid === undefined || process.getuid?.() !== 0) return;
  const id = Number(uid);
  if (!Number.isInteger(id) || id < 1) throw new RangeError("--uid must be a positive number");
  process.setgroups?.([]);
  process.setgid?.(id);
  process.setuid?.(id);
}
