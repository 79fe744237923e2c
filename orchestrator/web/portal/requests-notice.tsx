/** On the portal: what became of one's requests lately, or how many still wait. Nothing for who asked nothing. */
import type { MyRequest, MyRequests } from "../../http/request-contract.ts";
import { useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { Banner } from "../ui/banner.tsx";
import { LinkButton } from "../ui/button.tsx";

const pollMs = 15_000;
const newsMs = 3 * 86_400_000;

export function RequestsNotice(): React.JSX.Element | null {
  const t = useText();
  const { loaded } = useLoad<MyRequests>("/api/requests", pollMs);
  // A portal without this notice is better than one with its error: the page of requests says more.
  const requests = loaded.state === "value" ? loaded.value.requests : [];
  const news = requests.filter(isNews).slice(0, 3);
  const waiting = requests.filter(({ state }) => state === "open").length;
  if (news.length === 0 && waiting === 0) return null;
  return (
    <Banner
      tone={news.some(({ state }) => state === "approved") ? "good" : "info"}
      title={t("requests.title")}
      testId="requests-notice"
      actions={
        <LinkButton href="/requests" size="sm">
          {t("requests.toPage")}
        </LinkButton>
      }
    >
      <ul>
        {news.map((request) => (
          <li key={request.id} className="break-words">
            {sentence(t, request)}
          </li>
        ))}
        {waiting > 0 && <li>{`${t("ask.askedShort")}: ${waiting}`}</li>}
      </ul>
    </Banner>
  );
}

function isNews({ state, decidedAt }: MyRequest): boolean {
  if (state === "withdrawn" || state === "open" || decidedAt === null) return false;
  return Date.parse(decidedAt) > Date.now() - newsMs;
}

function sentence(t: ReturnType<typeof useText>, { state, host, answer }: MyRequest): string {
  if (state === "refused") return t("ask.decided.refused", { host, answer });
  return t(state === "approved" ? "ask.decided.approved" : "ask.decided.expired", { host });
}
