/** The tabs of the remote browser, and what belongs to the room as a whole: where one is, language, end. */
import type { TabView, ViewerMessage } from "../../http/room-contract.ts";
import { useText } from "../base/language.ts";
import { Icon, Spinner } from "../ui/icons.tsx";
import { LanguageSwitch } from "../ui/language-switch.tsx";
import { hostOf } from "../base/address.ts";
import { TabIcon } from "./tab-icon.tsx";

export function TabStrip(props: {
  readonly tabs: readonly TabView[];
  readonly active: number | null;
  readonly icons: ReadonlyMap<number, string>;
  readonly ending: boolean;
  readonly act: (message: ViewerMessage) => void;
  readonly onNewTab: () => void;
  readonly onEnd: () => void;
  readonly onDone: () => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <div className="flex h-11 items-stretch gap-2 bg-room pl-2 text-on-room">
      <span
        className="flex shrink-0 items-center gap-2 pl-1 pr-2 text-[0.8125rem] font-bold"
        data-testid="room-label"
      >
        <Icon name="globe" size={18} />
        <span className="hidden xl:inline">{t("viewer.frame")}</span>
        <span className="xl:hidden">{t("viewer.frameShort")}</span>
      </span>
      {/* A list, and no tablist: each has a button of its own to close it, which none of those may hold. */}
      <ul
        aria-label={t("viewer.tabs")}
        className="flex min-w-0 grow items-end gap-0.5 overflow-hidden"
      >
        {props.tabs.map((tab, place) => (
          <Tab
            key={tab.id}
            tab={tab}
            place={place}
            active={tab.id === props.active}
            icon={props.icons.get(tab.id)}
            act={props.act}
          />
        ))}
        <li className="flex h-full shrink-0 items-center px-1">
          <button
            type="button"
            data-testid="new-tab"
            aria-label={t("viewer.newTab")}
            title={t("viewer.newTab")}
            onClick={props.onNewTab}
            className="ring-inside flex size-8 items-center justify-center rounded-full hover:bg-white/20"
          >
            <Icon name="plus" size={20} />
          </button>
        </li>
      </ul>
      <div className="flex shrink-0 items-center gap-1 [&_button]:text-on-room [&_button:hover]:bg-white/20">
        <LanguageSwitch compact onDone={props.onDone} />
      </div>
      <button
        type="button"
        data-testid="end-session"
        disabled={props.ending}
        onClick={props.onEnd}
        className="ring-inside flex shrink-0 items-center gap-2 bg-black/25 px-5 text-[0.9375rem] font-bold hover:bg-red-1000"
      >
        <Icon name="power" size={18} />
        {t("viewer.end")}
      </button>
    </div>
  );
}

/** What is dragged from place to place is a tab of this page, and nothing that other pages could read. */
const dragType = "application/x-hanare-tab";

function Tab(props: {
  readonly tab: TabView;
  readonly place: number;
  readonly active: boolean;
  readonly icon: string | undefined;
  readonly act: (message: ViewerMessage) => void;
}): React.JSX.Element {
  const t = useText();
  const { tab, active, act } = props;
  // Chromium names an empty tab by its address.
  const named = tab.url === "about:blank" ? "" : tab.title.trim() || hostOf(tab.url);
  const title = named || t("viewer.untitled");
  return (
    <li
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(dragType, String(tab.id));
        event.dataTransfer.effectAllowed = "move";
      }}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(dragType)) event.preventDefault();
      }}
      onDrop={(event) => {
        const dragged = Number(event.dataTransfer.getData(dragType));
        event.preventDefault();
        if (dragged > 0) act({ type: "move-tab", tab: dragged, to: props.place });
      }}
      className={`@container flex h-9 max-w-60 flex-[1_1_15rem] items-center rounded-t-8 ${active ? "min-w-36 bg-room-bar text-ink" : "min-w-0 bg-white/10 hover:bg-white/20"}`}
    >
      <button
        type="button"
        data-testid="tab"
        data-tab={tab.id}
        aria-current={active ? "true" : undefined}
        title={title}
        onClick={() => act({ type: "activate-tab", tab: tab.id })}
        onAuxClick={(event) => {
          if (event.button === 1) act({ type: "close-tab", tab: tab.id });
        }}
        className="ring-inside flex h-full min-w-0 grow items-center gap-2 rounded-t-8 pl-3 text-left text-[0.8125rem]"
      >
        {tab.loading ? (
          <Spinner size={14} plain={!active} />
        ) : props.icon !== undefined && !tab.refusal ? (
          <TabIcon pixels={props.icon} />
        ) : (
          <Icon name={tab.refusal ? "blocked" : "globe"} size={14} className="opacity-75" />
        )}
        <span className={`truncate ${active ? "font-bold" : ""}`}>{title}</span>
      </button>
      <button
        type="button"
        data-testid="close-tab"
        aria-label={t("viewer.closeTab", { title })}
        onClick={() => act({ type: "close-tab", tab: tab.id })}
        className={`ring-inside mx-1.5 flex size-6 shrink-0 items-center justify-center rounded-full ${active ? "hover:bg-sunken" : "hover:bg-white/20 @max-[5rem]:hidden"}`}
      >
        <Icon name="close" size={14} />
      </button>
    </li>
  );
}
