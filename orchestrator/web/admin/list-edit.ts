/** From the fields of a list's edit to the edit of the contract. Pure. */
export interface ListChange {
  readonly act: "add" | "expire" | "remove";
  readonly entry: string;
  readonly comment: string;
  /** YYYY-MM-DD; empty: no last day. */
  readonly expires: string;
}

export const noListChange: ListChange = { act: "add", entry: "", comment: "", expires: "" };

export function listEdit(change: ListChange): object {
  const entry = change.entry.trim();
  const comment = change.comment.replaceAll("#", " ").trim();
  switch (change.act) {
    case "add":
      return {
        act: "add",
        entry,
        ...(comment !== "" && { comment }),
        ...(change.expires !== "" && { expires: change.expires }),
      };
    case "expire":
      return { act: "expire", entry, expires: change.expires === "" ? null : change.expires };
    case "remove":
      return { act: "remove", entry };
  }
}
