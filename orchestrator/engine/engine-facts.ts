/** What the engine says about itself and its host, read from its `info` and `version`. Shapes only. */
import { z } from "zod";

/** Engines leave out what they do not have: absence is read as nothing, never as well. */
export const engineInfo = z
  .object({
    SecurityOptions: z.array(z.string()).nullish(),
    CgroupVersion: z.string().nullish(),
    CgroupDriver: z.string().nullish(),
    Runtimes: z.record(z.string(), z.unknown()).nullish(),
    KernelVersion: z.string().nullish(),
    OperatingSystem: z.string().nullish(),
  })
  .transform((info) => ({
    securityOptions: info.SecurityOptions ?? [],
    cgroupVersion: info.CgroupVersion ?? "",
    cgroupDriver: info.CgroupDriver ?? "",
    runtimes: Object.keys(info.Runtimes ?? {}).sort(),
    kernelVersion: info.KernelVersion ?? "",
    operatingSystem: info.OperatingSystem ?? "",
  }));

export type EngineFacts = z.infer<typeof engineInfo> & {
  readonly version: string;
  readonly apiVersion: string;
};
