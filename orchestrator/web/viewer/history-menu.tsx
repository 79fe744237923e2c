/** Where the active tab was, as a menu below the arrows. Titles are text from outside and stay text. */
import { useText } from "../base/language.ts";
import { Menu, MenuItem } from "./menu.tsx";
import type { History } from "./use-room.ts";

export function HistoryMenu(props: {
  readonly history: History;
  readonly onGo: (step: number) => void;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  const { history, onClose, onGo } = props;
  return (
    <Menu
      label={t("viewer.history")}
      testId="history-menu"
      className="left-2 top-full max-h-80 w-96"
      onClose={onClose}
    >
      {history.entries.toReversed().map(({ step, title }) => (
        <MenuItem
          key={step}
          current={step === 0}
          onChoose={() => (step === 0 ? onClose() : onGo(step))}
        >
          {title}
          {step === 0 && <span className="text-muted">（{t("viewer.historyHere")}）</span>}
        </MenuItem>
      ))}
    </Menu>
  );
}
