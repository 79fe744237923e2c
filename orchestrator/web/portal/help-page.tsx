/** How to do it, with pictures of the product itself (test/pictures/take.ts), for what this person's roles do. */
import type { Role } from "../../http/contract.ts";
import { useText } from "../base/language.ts";
import { hasRole, useAccount } from "../base/me.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";

const chapters = [
  { role: "user", pictures: ["portal", "viewer", "files", "requests"] },
  { role: "approver", pictures: ["approvals"] },
  { role: "list-admin", pictures: ["policy", "explain"] },
  { role: "auditor", pictures: ["audit", "reports"] },
  { role: "system-admin", pictures: ["overview", "health", "settings"] },
] as const satisfies readonly { role: Role; pictures: readonly string[] }[];

export default function HelpPage(): React.JSX.Element {
  const t = useText();
  const { me } = useAccount();
  const mine = chapters.filter(({ role }) => hasRole(me, role));
  return (
    <PageShell title={t("help.title")}>
      <PageHeading title={t("help.title")} lead={t("help.lead")} />
      <div className="flex flex-col gap-12">
        {mine.map(({ role, pictures }) => (
          <section key={role} aria-labelledby={`help-${role}`}>
            <h2 id={`help-${role}`} className="mb-4 text-std-24B-150">
              {t(`role.${role}`)}
            </h2>
            <div className="flex flex-col gap-6">
              {pictures.map((name) => (
                <Card key={name} className="grid gap-6 p-6 lg:grid-cols-[2fr_3fr]">
                  <div>
                    <h3 className="text-std-18B-160">{t(`help.${name}`)}</h3>
                    <p className="mt-2 leading-relaxed">{t(`help.${name}.body`)}</p>
                  </div>
                  <img
                    src={`/help/${name}.webp`}
                    alt={t("help.picture", { name: t(`help.${name}`) })}
                    width={1280}
                    height={720}
                    loading="lazy"
                    className="h-auto w-full rounded-8 border border-line"
                  />
                </Card>
              ))}
            </div>
          </section>
        ))}
      </div>
    </PageShell>
  );
}
