/**
 * The room while it lives: toolbar on top, the picture below, and over it whatever the person must see
 * (block panel, banners, tray). Owns the wiring; each part is in its own file.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { TabView, ViewerMessage } from "../../http/room-contract.ts";
import type { MyRequest } from "../../http/request-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { AskDialog } from "../ui/ask-dialog.tsx";
import { BlockPanel } from "./block-panel.tsx";
import { chooseFromMenu } from "./choose-from-menu.ts";
import { ContextMenu } from "./context-menu.tsx";
import { DownloadTray } from "./download-tray.tsx";
import { EndDialog } from "./end-dialog.tsx";
import { endFirstPicture } from "./first-picture.ts";
import type { ShortcutName } from "./keyboard/events.ts";
import { sinceLastGestureMs } from "./last-gesture.ts";
import type { Clicked, MenuEntryName } from "./menu-entries.ts";
import { Hints } from "./hints.tsx";
import { PictureView, type PictureViewHandle } from "./picture-view.tsx";
import { copyToTerminal } from "./copy-to-terminal.ts";
import { PrivacyCover } from "./privacy-cover.tsx";
import { noNotices, type OwnNotices, RoomNotices } from "./room-notices.tsx";
import { StartScreen } from "./start-screen.tsx";
import { neighbour, placeBeside } from "./tab-neighbours.ts";
import { TabStrip } from "./tab-strip.tsx";
import { Toolbar } from "./toolbar.tsx";
import { useActivity } from "./use-activity.ts";
import { UploadDialog } from "./upload-dialog.tsx";
import { useDroppedFiles } from "./use-dropped-files.ts";
import { usePictureWay } from "./use-picture-way.ts";
import type { FileChooser, History, RoomHandle } from "./use-room.ts";
import { useSound } from "./use-sound.ts";
import { Watermark } from "./watermark.tsx";

export function Room(props: {
  readonly sessionId: string;
  readonly room: RoomHandle;
}): React.JSX.Element {
  const { sessionId, room } = props;
  const t = useText();
  const [trayOpen, setTrayOpen] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const [ending, setEnding] = useState(false);
  const [pictureUp, setPictureUp] = useState(false);
  const [everSeen, setEverSeen] = useState(false);
  const [asking, setAsking] = useState<TabView["refusal"] | null>(null);
  const way = usePictureWay();
  const sound = useSound(sessionId, room.window?.sound === true);
  const picture = useRef<PictureViewHandle>(null);
  const address = useRef<HTMLInputElement>(null);
  const active = room.tabs.find((tab) => tab.id === room.active) ?? null;
  const pending = room.downloads.filter((download) => download.stage !== "done");
  const { send, listen, continueIdle } = room;

  useActivity(room.idleUntil !== null, send, continueIdle);

  useEffect(() => {
    if (room.startedDownloads > 0) setTrayOpen(true);
  }, [room.startedDownloads]);

  const [chooser, setChooser] = useState<FileChooser | null>(null);
  const [history, setHistory] = useState<History | null>(null);
  const [clicked, setClicked] = useState<Clicked | null>(null);
  const [own, setOwn] = useState<OwnNotices>(noNotices);
  const note = useCallback(
    (fresh: Partial<OwnNotices>) => setOwn((before) => ({ ...before, ...fresh })),
    [],
  );
  const forget = useCallback((what: keyof OwnNotices) => note({ [what]: noNotices[what] }), [note]);
  // While a page asks for files, its dialog takes them.
  useDroppedFiles(() => note({ dropped: chooser === null }));
  useEffect(
    () =>
      listen({
        onCaret: (caret) => picture.current?.caretAt(caret),
        onHistory: setHistory,
        onClicked: (fresh) => {
          // Nothing opens over the page that nobody has asked for.
          if (sinceLastGestureMs() < menuMs)
            setClicked({ ...fresh, ...picture.current?.inView(fresh) });
        },
        onFileChooser: (fresh) => {
          // A page's choice of file follows a click; what the container makes up by itself shows nothing.
          if (sinceLastGestureMs() < chooserMs) setChooser((open) => open ?? fresh);
        },
        onCopied: (text) => {
          void copyToTerminal(text).then((done) => note({ copied: done ? null : text }));
        },
      }),
    [listen, note],
  );

  const focusPage = useCallback(() => picture.current?.focus(), []);
  const focusAddress = useCallback(() => {
    address.current?.focus();
    address.current?.select();
  }, []);
  /** Toolbar actions give the keyboard back to the page. */
  const act = useCallback(
    (message: ViewerMessage) => {
      send(message);
      focusPage();
    },
    [send, focusPage],
  );

  const end = useCallback(async () => {
    setConfirming(false);
    setEnding(true);
    try {
      await call("DELETE", `/api/sessions/${encodeURIComponent(sessionId)}`);
      room.ended({ reason: "user", message: null });
    } catch {
      // Gone already, or unreachable: the control channel finds out which and says so.
      setEnding(false);
    }
  }, [room, sessionId]);

  /** The tab that waits for it is loaded anew; elsewhere the site is opened. */
  const openDecided = (request: MyRequest): void => {
    room.clearDecided();
    const waits = active?.refusal?.host === request.host;
    act(waits ? { type: "reload" } : { type: "go", text: request.target });
  };

  const closeMenu = useCallback(() => {
    setClicked(null);
    focusPage();
  }, [focusPage]);
  const choose = (name: MenuEntryName): void => {
    closeMenu();
    const feed: PictureViewHandle["feed"] = (input) => picture.current?.feed(input);
    void chooseFromMenu(name, { send, feed }).then((done) => {
      note({ pasteRefused: !done });
      focusPage();
    });
  };

  const newTab = useCallback(() => {
    send({ type: "new-tab" });
    focusAddress();
  }, [send, focusAddress]);

  const onShortcut = (name: ShortcutName): void => {
    switch (name) {
      case "address":
        focusAddress();
        break;
      case "new-tab":
        newTab();
        break;
      case "close-tab":
        if (active) send({ type: "close-tab", tab: active.id });
        break;
      case "next-tab":
      case "previous-tab": {
        const next = neighbour(room.tabs, room.active, name === "next-tab" ? 1 : -1);
        if (next !== null) send({ type: "activate-tab", tab: next });
        break;
      }
      case "move-tab-left":
      case "move-tab-right": {
        const to = placeBeside(room.tabs, room.active, name === "move-tab-right" ? 1 : -1);
        if (active && to !== null) send({ type: "move-tab", tab: active.id, to });
        break;
      }
      case "reopen-tab":
        send({ type: "reopen-tab" });
        break;
      case "print":
        send({ type: "print" });
        break;
      case "downloads":
        setTrayOpen(!trayOpen);
        break;
    }
  };
  // The picture outlives every change of tabs, so it holds on to one function that asks for the latest.
  const shortcut = useRef(onShortcut);
  useEffect(() => {
    shortcut.current = onShortcut;
  });

  const pictureHandlers = useMemo(
    () => ({
      onConnection: setPictureUp,
      onPicture: () => {
        markFirstPicture();
        endFirstPicture();
        setEverSeen(true);
      },
      sendTyped: send,
      onShortcut: (name: ShortcutName) => shortcut.current(name),
      onPasteCut: (count: number) => note({ pasteCut: count }),
      onPasteNotText: () => note({ pasteNotText: true }),
    }),
    [send, note],
  );

  const lost = room.lost || (everSeen && !pictureUp);
  return (
    <div className="flex h-dvh flex-col overflow-hidden bg-room">
      <header className="relative z-20 flex select-none flex-col" aria-label={t("viewer.toolbar")}>
        <TabStrip
          tabs={room.tabs}
          active={room.active}
          icons={room.icons}
          ending={ending}
          act={act}
          onNewTab={newTab}
          onEnd={() => {
            if (pending.length > 0) setConfirming(true);
            else void end();
          }}
          onDone={focusPage}
        />
        <Toolbar
          tab={active}
          addressRef={address}
          pendingDownloads={pending.length}
          downloads={room.downloads.length}
          trayOpen={trayOpen}
          onTray={() => setTrayOpen(!trayOpen)}
          pictureWay={way}
          sound={sound}
          act={act}
          focusPage={focusPage}
          mayPrint={room.window?.print === true}
          history={history}
          onHistory={(open) => {
            setHistory(null);
            if (open) send({ type: "history" });
          }}
        />
      </header>
      <main className="relative mx-[3px] mb-[3px] min-h-0 grow bg-surface">
        {/* Over the picture and, for the keyboard, before it: the picture keeps Tab for its page. */}
        <RoomNotices
          room={room}
          active={active}
          lost={lost}
          trayOpen={trayOpen}
          own={own}
          forget={forget}
          onAsk={() => setAsking(active?.refusal ?? null)}
          onOpenDecided={openDecided}
          focusPage={focusPage}
        />
        {everSeen && active?.refusal?.shown !== "panel" && <Hints onClose={focusPage} />}
        {trayOpen && (
          <DownloadTray
            downloads={room.downloads}
            onClose={() => {
              setTrayOpen(false);
              focusPage();
            }}
          />
        )}
        <PictureView
          ref={picture}
          sessionId={sessionId}
          handlers={pictureHandlers}
          way={way.wanted}
          taken={way.taken}
          onWay={way.onWay}
        />
        {room.window !== null && room.window.watermark !== null && (
          <Watermark text={room.window.watermark} />
        )}
        {room.window?.hideOnBlur === true && <PrivacyCover />}
        {!everSeen && (
          <div className="absolute inset-0">
            <StartScreen step="picture" />
          </div>
        )}
        {active?.refusal?.shown === "panel" && (
          <BlockPanel
            key={active.refusal.id}
            refusal={active.refusal}
            canGoBack={active.canGoBack}
            onBack={() => act({ type: "back" })}
            onOther={focusAddress}
            onAsk={() => setAsking(active.refusal ?? null)}
            onReload={() => act({ type: "reload" })}
          />
        )}
        {clicked !== null && (
          <ContextMenu
            clicked={clicked}
            surroundings={{ tab: active, mayPrint: room.window?.print === true }}
            onChoose={choose}
            onClose={closeMenu}
          />
        )}
      </main>
      {asking && (
        <AskDialog
          refusal={asking}
          onClose={() => {
            setAsking(null);
            focusPage();
          }}
          onAsked={() => {
            setAsking(null);
            focusPage();
          }}
        />
      )}
      {chooser !== null && (
        <UploadDialog
          key={chooser.chooser}
          sessionId={sessionId}
          chooser={chooser}
          host={hostOf(active?.url ?? "")}
          onDone={() => {
            act({ type: "choose-files", chooser: chooser.chooser });
            setChooser(null);
          }}
        />
      )}
      {confirming && (
        <EndDialog
          pending={pending}
          onEnd={() => void end()}
          onKeep={() => {
            setConfirming(false);
            focusPage();
          }}
        />
      )}
    </div>
  );
}

/** How long Chromium lets a page act upon a click, and a slow line. */
const chooserMs = 7000;
/** So long after a press the page's answer is still the answer to it, also over a slow line. */
const menuMs = 3000;

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "";
}

/** Read by the bench and the end-to-end tests. */
function markFirstPicture(): void {
  const root = document.documentElement;
  if (root.dataset["firstPicture"] !== undefined) return;
  performance.mark("hanare-first-picture");
  root.dataset["firstPicture"] = String(performance.now());
}
