/** The menu of the right mouse button over the picture: drawn here, because the isolated browser has none. */
import { useLayoutEffect, useRef } from "react";
import { useText } from "../base/language.ts";
import { Menu, MenuItem } from "./menu.tsx";
import {
  type Clicked,
  menuEntries,
  type MenuEntryName,
  type MenuSurroundings,
} from "./menu-entries.ts";

export function ContextMenu(props: {
  readonly clicked: Clicked;
  readonly surroundings: MenuSurroundings;
  readonly onChoose: (name: MenuEntryName) => void;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  const menu = useRef<HTMLDivElement>(null);
  const { x, y } = props.clicked;

  // Beside the pointer, and wholly inside the page.
  useLayoutEffect(() => {
    const element = menu.current;
    const room = element?.offsetParent;
    if (!element || !room) return;
    element.style.left = `${Math.max(0, Math.min(x, room.clientWidth - element.offsetWidth))}px`;
    element.style.top = `${Math.max(0, Math.min(y, room.clientHeight - element.offsetHeight))}px`;
  }, [x, y]);

  return (
    <Menu
      ref={menu}
      label={t("menu.label")}
      testId="context-menu"
      className="max-h-full min-w-64 max-w-full"
      onClose={props.onClose}
    >
      {menuEntries(props.clicked, props.surroundings).map((group, index) => (
        <div
          key={group.map(({ name }) => name).join()}
          role="group"
          className={index > 0 ? "mt-1 border-t border-line pt-1" : ""}
        >
          {group.map(({ name, disabled }) => (
            <MenuItem
              key={name}
              testId={`menu-${name}`}
              disabled={disabled === true}
              onChoose={() => props.onChoose(name)}
            >
              {t(`menu.${name}`)}
            </MenuItem>
          ))}
        </div>
      ))}
    </Menu>
  );
}
