import { describe, expect, it } from "vitest";
import { sessionSeccompProfile } from "../../../orchestrator/engine/seccomp.ts";

interface Rule {
  names: string[];
  action: string;
  errnoRet?: number;
  args: { index: number; value: number; op: string }[];
}
const profile = JSON.parse(sessionSeccompProfile()) as { defaultAction: string; syscalls: Rule[] };
const openTo = (name: string) =>
  profile.syscalls.some(
    (rule) =>
      rule.action === "SCMP_ACT_ALLOW" && rule.args.length === 0 && rule.names.includes(name),
  );

describe("the session seccomp profile", () => {
  it("refuses what it does not name", () => expect(profile.defaultAction).toBe("SCMP_ACT_ERRNO"));

  for (const name of ["clone", "unshare", "chroot"]) {
    it(`lets Chromium's sandbox use ${name}`, () => expect(openTo(name)).toBe(true));
  }

  const closed = `mount umount2 pivot_root setns ptrace process_vm_readv process_vm_writev keyctl add_key request_key bpf
    userfaultfd io_uring_setup io_uring_enter io_uring_register perf_event_open open_by_handle_at name_to_handle_at
    init_module finit_module kexec_load fsopen fsmount move_mount open_tree mount_setattr mknod mknodat fanotify_init
    memfd_secret quotactl swapon reboot syslog acct iopl ioperm socket personality clone3`;
  for (const name of closed.split(/\s+/)) {
    it(`does not open ${name} to every argument`, () => expect(openTo(name)).toBe(false));
  }

  it("answers clone3 with ENOSYS, so that the C library falls back to clone", () => {
    expect(profile.syscalls.find((rule) => rule.names.includes("clone3"))).toMatchObject({
      action: "SCMP_ACT_ERRNO",
      errnoRet: 38,
    });
  });

  it("opens sockets of unix, IPv4, IPv6 and netlink families only", () => {
    const families = profile.syscalls
      .filter((rule) => rule.names.includes("socket"))
      .map((rule) => rule.args[0]?.value);
    expect(families.toSorted((a = 0, b = 0) => a - b)).toEqual([1, 2, 10, 16]);
  });
});
