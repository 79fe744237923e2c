/** Which entries the right button's menu has over what it hit, in groups. Pure. */
import type { GatewayMessage, TabView, ViewerMessage } from "../../http/room-contract.ts";

export type Clicked = Omit<Extract<GatewayMessage, { type: "context-menu" }>, "type">;

export type MenuEntryName =
  | Extract<ViewerMessage, { type: "menu" }>["act"]
  | "back"
  | "forward"
  | "paste"
  | "print"
  | "reload";

export interface MenuEntry {
  readonly name: MenuEntryName;
  readonly disabled?: boolean;
}

export interface MenuSurroundings {
  readonly tab: Pick<TabView, "canGoBack" | "canGoForward"> | null;
  readonly mayPrint: boolean;
}

export function menuEntries(
  { link, image, selection, editable }: Clicked,
  { tab, mayPrint }: MenuSurroundings,
): readonly (readonly MenuEntry[])[] {
  const groups: MenuEntry[][] = [];
  if (link) groups.push([{ name: "open-link" }, { name: "copy-link" }]);
  if (image) groups.push([{ name: "open-image" }]);
  if (editable)
    groups.push(
      [
        { name: "cut", disabled: !selection },
        { name: "copy", disabled: !selection },
        { name: "paste" },
      ],
      [{ name: "select-all" }],
    );
  else if (selection) groups.push([{ name: "copy" }]);
  if (groups.length > 0) return groups;
  groups.push(
    [
      { name: "back", disabled: tab?.canGoBack !== true },
      { name: "forward", disabled: tab?.canGoForward !== true },
      { name: "reload" },
    ],
    [{ name: "select-all" }],
  );
  if (mayPrint) groups.push([{ name: "print" }]);
  return groups;
}
