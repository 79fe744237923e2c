/**
 * One viewer tab from its first request to its end: starting (POST, when the path is "new"), the room
 * itself, and the closing page. The path becomes the session's own as soon as it is known, so that a
 * reload returns to the same session.
 */
import { useCallback, useEffect, useState } from "react";
import type { ErrorBody, Session } from "../../http/contract.ts";
import { call, toErrorBody } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { leaveIfSignedOut } from "../base/me.tsx";
import { navigate } from "../base/router.tsx";
import { useTitle } from "../ui/page-shell.tsx";
import { cleanTyped } from "./address.ts";
import { type Ending, EndedPage } from "./ended-page.tsx";
import { loadRfb } from "./picture.ts";
import { Room } from "./room.tsx";
import { StartFailed, StartPage } from "./start-screen.tsx";

type Stage =
  | { readonly name: "starting" }
  | { readonly name: "failed"; readonly error: ErrorBody }
  | { readonly name: "room"; readonly sessionId: string }
  | { readonly name: "ended"; readonly ending: Ending };

export function ViewerPage(props: { readonly path: string }): React.JSX.Element {
  const t = useText();
  const [stage, setStage] = useState<Stage>(() =>
    props.path === "new" ? { name: "starting" } : { name: "room", sessionId: props.path },
  );
  const [turn, setTurn] = useState(0);
  const starting = stage.name === "starting";
  useTitle(stage.name === "ended" ? t("ended.title") : t("viewer.title"));

  useEffect(() => {
    if (!starting) return;
    const abort = new AbortController();
    // The picture's code loads while the server prepares the session.
    loadRfb().catch(() => undefined);
    const url = cleanTyped(new URLSearchParams(location.search).get("url") ?? "");
    call<Session>("POST", "/api/sessions", url === "" ? {} : { url }, abort.signal).then(
      (session) => {
        navigate(`/view/${encodeURIComponent(session.id)}`, "replace");
        setStage({ name: "room", sessionId: session.id });
      },
      (error: unknown) => {
        if (abort.signal.aborted || leaveIfSignedOut(error)) return;
        setStage({ name: "failed", error: toErrorBody(error) });
      },
    );
    return () => abort.abort();
  }, [starting, turn]);

  const onEnded = useCallback((ending: Ending) => setStage({ name: "ended", ending }), []);

  switch (stage.name) {
    case "starting":
      return <StartPage />;
    case "failed":
      return (
        <StartFailed
          error={stage.error}
          onRetry={() => {
            setTurn(turn + 1);
            setStage({ name: "starting" });
          }}
        />
      );
    case "room":
      return <Room key={stage.sessionId} sessionId={stage.sessionId} onEnded={onEnded} />;
    case "ended":
      return <EndedPage ending={stage.ending} />;
  }
}
