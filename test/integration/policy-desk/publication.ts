/** A publication that changes two files at once. */
import type { PublishRequest } from "../../../orchestrator/policy-desk/types.ts";
import { policyText } from "./desk-harness.ts";

export const publication: PublishRequest = {
  source: {
    kind: "files",
    files: [
      { path: "policy.yaml", text: policyText.replace("name: p", "name: q") },
      { path: "lists/allow.txt", text: "b.example\n" },
    ],
  },
  base: 1,
  note: "two files",
  author: { id: "u1", name: "hanako" },
  as: "publish",
};
