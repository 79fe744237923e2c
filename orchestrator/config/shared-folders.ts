/** `files.sharedFolders` of the configuration. Pure. */
import { z } from "zod";
import { inBoth } from "./fault-words.ts";

/** Parts of a path, each as Windows takes it, in which the person's name and section may stand. */
const template = /^(?:[^\p{Cc}<>:"/\\|?*{}.\s]|\{user\}|\{section\})+$/u;

const sharedFolder = z.strictObject({
  /** For addresses, and for `shared_folders` of a policy's rights. */
  id: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,31}$/,
      inBoth("英小文字・数字・ハイフンで書いてください", "write small letters, digits and hyphens"),
    ),
  /** As people read it. */
  name: z.string().min(1).max(60),
  /** Where the share is mounted on this machine. Nothing is written while nothing is mounted there. */
  mount: z
    .string()
    .regex(
      /^(?:\/[^/\0]+)+$/,
      inBoth(
        "マウントした場所を /mnt/share のように書いてください",
        "write where the share is mounted, such as /mnt/share",
      ),
    ),
  /** Whose files lie where below it. */
  path: z
    .string()
    .max(200)
    .refine((path) => path === "" || path.split("/").every((part) => template.test(part)), {
      message: inBoth(
        "「/」で区切り、{user} や {section}/受信 のように書いてください",
        'write parts between "/", such as "{user}" or "{section}/受信"',
      ),
    })
    .default("{user}"),
  /** What Explorer calls the mount. */
  shownAs: z
    .string()
    .max(120)
    .regex(
      /^\\\\[^\\/\p{Cc}]+(?:\\[^\\/\p{Cc}]+)+$/u,
      inBoth("\\\\サーバー\\共有名 の形で書いてください", "write \\\\server\\share"),
    ),
  /**
   * Folders that are not there are made, with the rights that the server gives them; without it the folder of a
   * person has to be there, because who may read it is the server's to say.
   */
  makeFolders: z.boolean().default(false),
  /** Approved originals, which nothing sanitized, may be saved there as well. */
  originals: z.boolean().default(false),
  /** What was saved goes after this, unless somebody changed it. */
  keepDays: z.int().min(1).max(3660).default(30),
  /** Of what Hanare wrote and is still there. */
  personMaxBytes: z
    .int()
    .min(1)
    .default(2 * 1024 * 1024 * 1024),
  /** Left free on the server. */
  reserveBytes: z
    .int()
    .min(0)
    .default(1024 * 1024 * 1024),
  /** After this a server that does not answer is given up. */
  seconds: z.int().min(1).max(3600).default(120),
});
export type SharedFolder = z.infer<typeof sharedFolder>;

export const sharedFolders = z
  .array(sharedFolder)
  .max(8)
  .superRefine((folders, context) => {
    for (const [index, { id }] of folders.entries())
      if (folders.findIndex((each) => each.id === id) < index)
        context.addIssue({
          code: "custom",
          path: [index, "id"],
          message: inBoth(`「${id}」が二つあります`, `"${id}" is there twice`),
        });
  })
  .default([]);
