/** What the explain page asks, from its fields to the body of the call. Pure. */
export interface ExplainForm {
  readonly target: string;
  readonly plane: "isolated" | "terminal";
  readonly user: string;
  readonly groups: string;
  /** As `datetime-local` has it, in the terminal's zone; empty is now. */
  readonly at: string;
  readonly terminal: string;
  readonly resolves: string;
}

/** @param search may name a target, so that other pages can lead here */
export function emptyExplainForm(search: string): ExplainForm {
  const asked = new URLSearchParams(search);
  return {
    target: asked.get("target") ?? "",
    plane: asked.get("plane") === "terminal" ? "terminal" : "isolated",
    user: asked.get("user") ?? "",
    groups: "",
    at: "",
    terminal: "",
    resolves: "",
  };
}

export function explainBody(form: ExplainForm): Record<string, unknown> {
  const { plane } = form;
  const words = (text: string) =>
    text
      .split(/[,、\s]+/)
      .map((word) => word.trim())
      .filter((word) => word !== "");
  const at = form.at === "" ? undefined : new Date(form.at);
  const [user] = words(form.user);
  const [terminal] = words(form.terminal);
  const resolves = words(form.resolves);
  return {
    plane,
    target: targetOf(form.target.trim()),
    groups: words(form.groups),
    ...(user !== undefined && { user }),
    ...(at && !Number.isNaN(at.getTime()) && { at: at.toISOString() }),
    ...(terminal !== undefined && { terminal }),
    ...(resolves.length > 0 && { resolves }),
  };
}

/** A bare name is meant as people type it into an address bar. */
function targetOf(typed: string): string {
  if (typed.includes("://") || /:\d+$/.test(typed)) return typed;
  return `https://${typed}`;
}
