/** Fetches an approved file into the terminal's own Downloads. */
import { useText } from "../base/language.ts";
import { buttonClass } from "./button.tsx";
import { Icon } from "./icons.tsx";

export function ReceiveApproved(props: {
  readonly id: string;
  readonly name: string;
}): React.JSX.Element {
  const t = useText();
  return (
    <a
      className={buttonClass("outline", "sm")}
      href={`/api/approvals/${encodeURIComponent(props.id)}/content`}
      download
      data-testid="approval-receive"
      aria-label={t("tray.receiveNamed", { name: props.name })}
    >
      <Icon name="download" size={18} />
      {t("tray.receive")}
    </a>
  );
}
