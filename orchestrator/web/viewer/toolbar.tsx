/** Back, forward, reload, address, downloads, full screen. */
import { type ReactNode, type RefObject, useEffect, useState } from "react";
import type { TabView, ViewerMessage } from "../../http/room-contract.ts";
import { useText } from "../base/language.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { AddressBar } from "./address-bar.tsx";
import { HistoryMenu } from "./history-menu.tsx";
import type { PictureWayChoice } from "./use-picture-way.ts";
import type { History } from "./use-room.ts";
import type { SoundChoice } from "./use-sound.ts";

export function Toolbar(props: {
  readonly tab: TabView | null;
  readonly addressRef: RefObject<HTMLInputElement | null>;
  readonly downloads: number;
  readonly pendingDownloads: number;
  readonly trayOpen: boolean;
  readonly onTray: () => void;
  readonly pictureWay: PictureWayChoice;
  /** Null where the policy lets no sound through. */
  readonly sound: SoundChoice | null;
  readonly act: (message: ViewerMessage) => void;
  readonly focusPage: () => void;
  readonly mayPrint: boolean;
  /** Where the active tab can go, while that is being asked. */
  readonly history: History | null;
  readonly onHistory: (open: boolean) => void;
}): React.JSX.Element {
  const t = useText();
  const { act, tab, pendingDownloads, history } = props;
  const [fullScreen, toggleFullScreen] = useFullScreen();
  const loading = tab?.loading === true;
  return (
    <div className="relative flex h-13 items-center gap-1 border-b border-line bg-room-bar px-2">
      <ToolButton
        name="back"
        testId="back"
        label={t("viewer.back")}
        disabled={tab?.canGoBack !== true}
        onClick={() => act({ type: "back" })}
        onMore={() => props.onHistory(true)}
      />
      {history !== null && history.tab === tab?.id && (
        <HistoryMenu
          history={history}
          onGo={(step) => {
            props.onHistory(false);
            act({ type: "go-history", step });
          }}
          onClose={() => {
            props.onHistory(false);
            props.focusPage();
          }}
        />
      )}
      <ToolButton
        name="forward"
        testId="forward"
        label={t("viewer.forward")}
        disabled={tab?.canGoForward !== true}
        onClick={() => act({ type: "forward" })}
        onMore={() => props.onHistory(true)}
      />
      <ToolButton
        name={loading ? "stop" : "reload"}
        testId="reload"
        label={loading ? t("viewer.stop") : t("viewer.reload")}
        disabled={tab === null}
        onClick={() => act({ type: loading ? "stop" : "reload" })}
      />
      <AddressBar
        inputRef={props.addressRef}
        url={tab?.url ?? ""}
        tabId={tab?.id ?? null}
        connection={tab?.connection}
        onGo={(text) => act({ type: "go", text })}
        onLeave={props.focusPage}
      />
      {props.mayPrint && (
        <ToolButton
          name="print"
          testId="print"
          label={t("viewer.print")}
          disabled={tab === null}
          onClick={() => act({ type: "print" })}
        />
      )}
      <ToolButton
        name="download"
        testId="downloads-button"
        label={
          pendingDownloads > 0
            ? t("viewer.downloadsCount", { count: pendingDownloads })
            : t("viewer.downloads")
        }
        pressed={props.trayOpen}
        onClick={props.onTray}
      >
        {props.downloads > 0 && (
          <span
            data-testid="downloads-badge"
            className={`absolute -right-0.5 -top-0.5 flex h-4.5 min-w-4.5 items-center justify-center rounded-full px-1 text-[0.6875rem] font-bold leading-none ${pendingDownloads > 0 ? "bg-yellow-300 text-black" : "bg-primary text-on-primary"}`}
          >
            {pendingDownloads > 0 ? pendingDownloads : props.downloads}
          </span>
        )}
      </ToolButton>
      {props.sound && <SoundButton sound={props.sound} focusPage={props.focusPage} />}
      {props.pictureWay.change && (
        <ToolButton
          name="screen"
          testId="picture-way"
          label={t(props.pictureWay.taken === "rfb" ? "viewer.pictureRfb" : "viewer.pictureScreen")}
          pressed={props.pictureWay.wanted === "rfb"}
          onClick={() => {
            props.pictureWay.change?.();
            props.focusPage();
          }}
        />
      )}
      <ToolButton
        name={fullScreen ? "shrink" : "expand"}
        testId="full-screen"
        label={fullScreen ? t("viewer.leaveFullScreen") : t("viewer.fullScreen")}
        onClick={() => {
          toggleFullScreen();
          props.focusPage();
        }}
      />
    </div>
  );
}

function SoundButton(props: {
  readonly sound: SoundChoice;
  readonly focusPage: () => void;
}): React.JSX.Element {
  const t = useText();
  const { state, toggle } = props.sound;
  const on = state === "playing" || state === "quiet";
  return (
    <ToolButton
      name={on ? "sound" : "muted"}
      testId="sound"
      label={t(`sound.${state}`)}
      disabled={state === "impossible"}
      pressed={state === "muted"}
      state={state}
      onClick={() => {
        // A press anywhere in the page is what a waiting sound waits for.
        if (state !== "waiting") toggle();
        props.focusPage();
      }}
    />
  );
}

function ToolButton(props: {
  readonly name: IconName;
  readonly testId: string;
  readonly label: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly state?: string;
  readonly onClick: () => void;
  /** By the right button, or Shift+F10. */
  readonly onMore?: () => void;
  readonly children?: ReactNode;
}): React.JSX.Element {
  return (
    <button
      type="button"
      data-testid={props.testId}
      data-state={props.state}
      aria-label={props.label}
      aria-pressed={props.pressed}
      title={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
      onContextMenu={(event) => {
        if (!props.onMore) return;
        event.preventDefault();
        props.onMore();
      }}
      className="relative flex size-10 shrink-0 items-center justify-center rounded-8 text-ink hover:bg-primary-soft aria-pressed:bg-primary-soft aria-pressed:text-primary disabled:pointer-events-none disabled:opacity-30"
    >
      <Icon name={props.name} size={22} />
      {props.children}
    </button>
  );
}

function useFullScreen(): readonly [boolean, () => void] {
  const [on, setOn] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const onChange = (): void => setOn(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", onChange);
    return () => document.removeEventListener("fullscreenchange", onChange);
  }, []);
  const toggle = (): void => {
    // Refused by the terminal's policy at worst; the page goes on as it is.
    const change = on ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    change.catch(() => undefined);
  };
  return [on, toggle];
}
