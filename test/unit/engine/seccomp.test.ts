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
    memfd_secret quotactl swapon reboot syslog acct iopl ioperm socket setsockopt ioctl personality clone3`;
  for (const name of closed.split(/\s+/)) {
    it(`does not open ${name} to every argument`, () => expect(openTo(name)).toBe(false));
  }

  it("answers clone3 with ENOSYS, so that the C library falls back to clone", () => {
    expect(profile.syscalls.find((rule) => rule.names.includes("clone3"))).toMatchObject({
      action: "SCMP_ACT_ERRNO",
      errnoRet: 38,
    });
  });

  const linesOf = (name: string): string[] =>
    profile.syscalls
      .filter((rule) => rule.names.includes(name))
      .map(({ args }) => args.map((a) => `${a.index}${a.op.slice(8)}${a.value}`).join(" "));

  it("opens unix sockets, plain TCP and plain UDP, and nothing else that has a socket", () => {
    expect(linesOf("socket")).toEqual([
      "0_EQ1",
      ...[2, 10].flatMap((family) =>
        ["0", "6", "0", "17"].map((protocol) => `0_EQ${family} 1_MASKED_EQ15 2_EQ${protocol}`),
      ),
    ]);
  });

  it("opens no socket option with which the old packet filters are configured", () => {
    expect(linesOf("setsockopt").filter((line) => /^1_EQ(0|41)/.test(line))).toEqual([
      "1_EQ0 2_LT64",
      "1_EQ41 2_LT64",
      "1_EQ41 2_EQ66",
      "1_EQ41 2_EQ67",
    ]);
  });

  it("compares nothing in a way that garbage in an argument's upper half would pass", () => {
    const comparisons = profile.syscalls.flatMap((rule) => rule.args.map((each) => each.op));
    expect([...new Set(comparisons)].sort()).toEqual([
      "SCMP_CMP_EQ",
      "SCMP_CMP_LT",
      "SCMP_CMP_MASKED_EQ",
    ]);
  });
});
