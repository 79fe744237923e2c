/** What opens and what closes between two versions, in sentences. */
import type { DiffReport } from "../../http/policy-contract.ts";
import { useLanguage, useText } from "../base/language.ts";

const kinds = ["opens", "closes", "otherwise"] as const;
const shownSentences = 50;

export function DiffView(props: { readonly diff: DiffReport }): React.JSX.Element {
  const t = useText();
  const { diff } = props;
  if (diff.same && diff.written.length === 0) return <p>{t("diff.same")}</p>;
  return (
    <div className="flex flex-col gap-3" data-testid="diff">
      {kinds.map((kind) => (
        <Sentences
          key={kind}
          title={t(`diff.${kind}`)}
          sentences={diff.effects.filter((effect) => effect.kind === kind)}
        />
      ))}
      {diff.effects.length === 0 && <p className="text-[0.9375rem]">{t("diff.noEffect")}</p>}
      <Sentences title={t("diff.written")} sentences={diff.written} />
      <Sentences title={t("diff.limits")} sentences={diff.limits} />
    </div>
  );
}

function Sentences(props: {
  readonly title: string;
  readonly sentences: readonly { readonly ja: string; readonly en: string }[];
}): React.JSX.Element | null {
  const language = useLanguage();
  if (props.sentences.length === 0) return null;
  return (
    <section>
      <h3 className="text-std-16B-170">{props.title}</h3>
      <ul className="ml-5 list-disc text-[0.9375rem]">
        {props.sentences.slice(0, shownSentences).map((sentence) => (
          <li key={sentence.en} className="break-words">
            {sentence[language]}
          </li>
        ))}
        {props.sentences.length > shownSentences && (
          <li className="list-none text-muted">… {props.sentences.length - shownSentences}</li>
        )}
      </ul>
    </section>
  );
}
