/** Feeds that lists are made from: where each is fetched, how often, within which limits. Pure. */
import type { CompiledFeed, m365Categories } from "../compiled.ts";
import { parseHost } from "../guards/host-port.ts";
import type { Path } from "../positions.ts";
import { quote } from "../problem.ts";
import type { PolicyFeed, PolicyFile } from "../schema.ts";
import { type Context, unknownName } from "./context.ts";

type Category = (typeof m365Categories)[number];
const usualCategories: readonly Category[] = ["Optimize", "Allow"];

/** Feeds whose address is known; they need no entry in `feeds:`. A fetch adds its own random id to the address. */
export const builtinFeeds: Readonly<Record<string, PolicyFeed>> = {
  "m365-endpoints": {
    url: "https://endpoints.office.com/endpoints/worldwide",
    format: ["m365-json"],
    every: "24h",
    max_bytes: 4 * 1024 * 1024,
    max_change_percent: 30,
  },
};

interface Wish {
  readonly feed?: string | undefined;
  readonly categories?: readonly Category[] | undefined;
}

/** Lists that want other categories of one feed have copies of their own. */
export function feedName({ feed = "", categories = usualCategories }: Wish): string {
  const wanted = [...new Set(categories)].sort();
  const usual = wanted.join() === usualCategories.toSorted().join();
  return usual ? feed : `${feed}.${wanted.join("-").toLowerCase()}`;
}

/** Where the last good copy of a feed lies, below the policy's folder. */
export const feedFile = (wish: Wish): string => `feeds/${feedName(wish)}.txt`;

export const feedNamed = (feeds: Context["value"]["feeds"], id: string): PolicyFeed | undefined =>
  Object.hasOwn(feeds, id)
    ? feeds[id]
    : Object.hasOwn(builtinFeeds, id)
      ? builtinFeeds[id]
      : undefined;

export function compileFeeds(context: Context): { feeds?: CompiledFeed[] } {
  const { value } = context;
  const found = new Map<string, CompiledFeed>();
  for (const [list, wish] of Object.entries(value.lists)) {
    const { feed: id, categories, max_age: maxAge, on_stale: onStale } = wish;
    if (onStale === "drop") checkDrop(context, ["lists", list, "on_stale"], wish);
    const feed = id === undefined ? undefined : feedNamed(value.feeds, id);
    if (id === undefined || !feed) continue;
    const name = feedName({ feed: id, categories });
    const made = found.get(name) ?? compileFeed(context, name, id, feed, categories);
    const ages = [made.maxAgeMs, maxAge === undefined ? undefined : milliseconds(maxAge)];
    const maxAgeMs = Math.min(...ages.filter((each) => each !== undefined));
    found.set(name, {
      ...made,
      lists: [...made.lists, list],
      ...(maxAgeMs !== Infinity && { maxAgeMs }),
      ...(onStale === "drop" && { dropWhenOld: true }),
    });
  }
  return found.size > 0 ? { feeds: [...found.values()] } : {};
}

function compileFeed(
  context: Context,
  name: string,
  id: string,
  feed: PolicyFeed,
  categories: readonly Category[] | undefined,
): CompiledFeed {
  const path = ["feeds", id];
  const ca =
    feed.ca_file === undefined ? undefined : readCa(context, [...path, "ca_file"], feed.ca_file);
  checkVia(context, [...path, "via"], feed.via);
  return {
    name,
    ...addressOf(context, [...path, "url"], feed.url),
    formats: feed.format,
    everyMs: milliseconds(feed.every),
    maxBytes: feed.max_bytes,
    maxChangePercent: feed.max_change_percent,
    lists: [],
    ...(feed.format.includes("m365-json") && { categories: [...(categories ?? usualCategories)] }),
    ...(feed.owner !== undefined && { owner: feed.owner }),
    ...(ca !== undefined && { ca }),
    ...(feed.via !== undefined && { via: feed.via }),
  };
}

/** Over https alone: a list that anybody on the way may change decides what people reach. */
function addressOf(
  context: Context,
  path: Path,
  text: string,
): Pick<CompiledFeed, "url" | "host" | "port"> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const { ip_literals: ipLiterals, single_label: singleLabel } = context.value.guards.host;
  const host = url && parseHost(url.hostname, { ipLiterals, singleLabel });
  const port = Number(url?.port === "" ? 443 : url?.port);
  if (
    url?.protocol !== "https:" ||
    !host?.ok ||
    url.username !== "" ||
    url.password !== "" ||
    url.hash !== ""
  ) {
    context.report(
      path,
      `「${quote(text)}」からは取得できません。「https://lists.example.jp/list.txt」のように、https のアドレスを書いてください。`,
      `"${quote(text)}" cannot be fetched; write an https address such as "https://lists.example.jp/list.txt".`,
    );
    return { url: text, host: "invalid", port: 443 };
  }
  if (!context.value.guards.ports.connect.includes(port)) {
    context.report(
      path,
      `ポート ${port} は guards.ports.connect で開いていません。先にそこへ書いてください。`,
      `Port ${port} is closed by guards.ports.connect; write it there first.`,
    );
  }
  return { url: url.href, host: host.host, port };
}

function checkVia(context: Context, path: Path, via: string | undefined): void {
  const parents = Object.keys(context.value.parents);
  if (via === undefined || parents.includes(via)) return;
  context.report(path, ...unknownName("上位プロキシ", "parent proxy", via, parents));
}

function readCa(context: Context, path: Path, file: string): string | undefined {
  const source = context.sources.get(file);
  if (source?.kind === "text" && source.text.includes("-----BEGIN CERTIFICATE-----"))
    return source.text;
  context.report(
    path,
    `証明書のファイル「${quote(file)}」を読めません。PEM 形式のファイルをポリシーと同じフォルダの中に置き、相対パスで書いてください。`,
    `The certificate file "${quote(file)}" cannot be read; put a PEM file below the policy's folder and write its relative path.`,
  );
  return undefined;
}

/** A list that stops matching must close something, never open it. */
function checkDrop(context: Context, path: Path, wish: PolicyFile["lists"][string]): void {
  const { lists } = context.value;
  if (wish.feed === undefined || wish.max_age === undefined) {
    context.report(
      path,
      "drop は、feed: と max_age: のあるリストにだけ書けます。max_age: 30d のように書き足すか、この行を消してください。",
      'Only a list with feed: and max_age: can be dropped; add "max_age: 30d" or the like, or remove the line.',
    );
    return;
  }
  if (wish.effect !== "allow") {
    context.report(
      path,
      "drop は、許可のリスト (effect: allow) にだけ書けます。拒否のリストが効かなくなると、止めていたサイトが開くためです。effect: allow を書き足すか、keep にしてください。",
      'Only a list that allows (effect: allow) can be dropped: without a deny list, what it blocks would open. Add "effect: allow" or write "keep".',
    );
    return;
  }
  const other = Object.entries(lists).find(
    ([, each]) =>
      each.feed !== undefined && feedName(each) === feedName(wish) && each.on_stale !== "drop",
  );
  if (!other) return;
  const name = quote(other[0]);
  context.report(
    path,
    `同じフィードを使うリスト「${name}」は drop ではありません。フィードの内容は共用のため、両方に on_stale: drop と書くか、どちらからも消してください。`,
    `List "${name}" shares the feed and is not dropped; one copy serves both: write "on_stale: drop" in both or in neither.`,
  );
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The schema has looked at its form: "30d", "12h", "15m". */
function milliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (units[duration.slice(-1)] ?? 0);
}
