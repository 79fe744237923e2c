/**
 * What is said over the top of the picture, one below the other: how the line and the session are, what did not
 * pass the window, what was decided. Each goes by a press, which gives the keyboard back to the page.
 */
import type { MyRequest } from "../../http/request-contract.ts";
import type { TabView } from "../../http/room-contract.ts";
import { useText } from "../base/language.ts";
import { AskBar } from "./ask-bar.tsx";
import { copyToTerminal } from "./copy-to-terminal.ts";
import {
  CopyBanner,
  DecidedBanner,
  IdleBanner,
  LifetimeBanner,
  NoticeBanner,
  ReconnectBanner,
  SlowBanner,
  ViewersBanner,
} from "./room-banners.tsx";
import type { RoomHandle } from "./use-room.ts";

/** What this page noticed by itself. */
export interface OwnNotices {
  /** So much of a pasted text was entered. */
  readonly pasteCut: number | null;
  /** The terminal's clipboard holds no text, but something else. */
  readonly pasteNotText: boolean;
  /** The terminal's browser lets no menu paste. */
  readonly pasteRefused: boolean;
  /** Files were dropped where they lead nowhere. */
  readonly dropped: boolean;
  /** Copied in the isolated browser; it waits for a press. */
  readonly copied: string | null;
}

export const noNotices: OwnNotices = {
  pasteCut: null,
  pasteNotText: false,
  pasteRefused: false,
  dropped: false,
  copied: null,
};

export function RoomNotices(props: {
  readonly room: RoomHandle;
  readonly active: TabView | null;
  readonly lost: boolean;
  /** The list of downloads stands on the right: what is said here leaves it its place. */
  readonly trayOpen: boolean;
  readonly own: OwnNotices;
  readonly forget: (what: keyof OwnNotices) => void;
  readonly onAsk: () => void;
  readonly onOpenDecided: (request: MyRequest) => void;
  readonly focusPage: () => void;
}): React.JSX.Element {
  const t = useText();
  const { room, active, lost, own } = props;
  const closing = (close: () => void) => () => {
    close();
    props.focusPage();
  };
  const forgetting = (what: keyof OwnNotices) => closing(() => props.forget(what));
  const { uploadDecided, held } = room;
  return (
    <div
      className={`pointer-events-none absolute inset-x-0 top-0 z-10 flex flex-col items-center gap-2 p-3 ${props.trayOpen ? "lg:right-[26.75rem]" : ""}`}
    >
      {active?.refusal?.shown === "page" && <AskBar refusal={active.refusal} onAsk={props.onAsk} />}
      {room.decided && !isSaidInBar(room.decided, active) && (
        <DecidedBanner
          request={room.decided}
          onOpen={props.onOpenDecided}
          onClose={closing(room.clearDecided)}
        />
      )}
      {uploadDecided !== null && (
        <NoticeBanner
          text={t(`upload.decided.${uploadDecided.state}`, {
            name: uploadDecided.name,
            answer: uploadDecided.answer,
          })}
          onClose={closing(room.clearDecided)}
        />
      )}
      {lost && <ReconnectBanner graceSeconds={room.graceSeconds} />}
      {room.slow && !lost && <SlowBanner />}
      {room.idleUntil !== null && (
        <IdleBanner until={room.idleUntil} onContinue={room.continueIdle} />
      )}
      <ViewersBanner count={room.viewers} />
      {room.lifetimeUntil !== null && <LifetimeBanner until={room.lifetimeUntil} />}
      {own.pasteCut !== null && (
        <NoticeBanner
          text={t("viewer.pasteCut", { count: own.pasteCut })}
          onClose={forgetting("pasteCut")}
        />
      )}
      {own.pasteNotText && (
        <NoticeBanner text={t("held.clipboard-in.not-text")} onClose={forgetting("pasteNotText")} />
      )}
      {own.pasteRefused && (
        <NoticeBanner text={t("menu.pasteByKey")} onClose={forgetting("pasteRefused")} />
      )}
      {own.dropped && <NoticeBanner text={t("upload.dropped")} onClose={forgetting("dropped")} />}
      {held !== null && (
        <NoticeBanner
          text={t(`held.${held.what}.${held.why}`)}
          onClose={closing(room.forgetHeld)}
        />
      )}
      {own.copied !== null && (
        <CopyBanner
          onCopy={closing(() => {
            void copyToTerminal(own.copied ?? "", true);
            props.forget("copied");
          })}
          onClose={forgetting("copied")}
        />
      )}
    </div>
  );
}

/** The bar over the tab tells of a refused request for the same host already. */
function isSaidInBar({ state, host }: MyRequest, tab: TabView | null): boolean {
  return state === "refused" && tab?.refusal?.host === host;
}
