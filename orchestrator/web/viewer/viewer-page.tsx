/**
 * One viewer tab from its first request to its end: asking for a session (when the path is "new"), waiting
 * in line if it must, the room itself, and the closing page. The path becomes the session's own as soon as
 * it is known, so that a reload returns to the same session.
 */
import { useCallback, useEffect, useState } from "react";
import { useText } from "../base/language.ts";
import { navigate } from "../base/router.tsx";
import { useTitle } from "../ui/page-shell.tsx";
import { type Ending, EndedPage } from "./ended-page.tsx";
import { endFirstPicture } from "./first-picture.ts";
import { newKey, type Opening, openingOf } from "./opening.ts";
import { preparePicture } from "./picture.ts";
import { Room } from "./room.tsx";
import { StartFailed, StartPage } from "./start-screen.tsx";
import { useRoom } from "./use-room.ts";

export function ViewerPage(): React.JSX.Element {
  const t = useText();
  const [ending, setEnding] = useState<Ending | null>(null);
  useTitle(ending ? t("ended.title") : t("viewer.title"));
  const onEnded = useCallback((ended: Ending) => {
    endFirstPicture();
    setEnding(ended);
  }, []);
  return ending ? <EndedPage ending={ending} /> : <Visit onEnded={onEnded} />;
}

function Visit(props: { readonly onEnded: (ending: Ending) => void }): React.JSX.Element {
  // The address of the moment the page came: it changes when the session is known, the visit does not.
  const [opening, setOpening] = useState<Opening>(currentOpening);
  const room = useRoom(opening, props.onEnded);
  const { sessionId, failed } = room;

  useEffect(preparePicture, []);
  useEffect(() => {
    if (sessionId === null) return;
    // The click has been answered; the tab's next one is another.
    window.name = "";
    navigate(`/view/${encodeURIComponent(sessionId)}`, "replace");
  }, [sessionId]);

  if (sessionId !== null) return <Room sessionId={sessionId} room={room} />;
  if (failed) return <StartFailed error={failed} onRetry={() => setOpening(asked(opening))} />;
  return <StartPage waiting={room.waiting} />;
}

function currentOpening(): Opening {
  const opening = openingOf(location.pathname, location.search, window);
  if (!opening) throw new Error("not a viewer's address");
  return opening;
}

/** The same wish once more, as a click of its own. */
function asked(opening: Opening): Opening {
  const { greeting } = opening;
  return greeting.type === "open"
    ? { ...opening, greeting: { ...greeting, key: newKey() } }
    : opening;
}
