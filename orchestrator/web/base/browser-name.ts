/** Which browser a User-Agent text names, as far as people care. The text is from outside. Pure. */
const browsers = [
  ["Edge", /\bEdg\/(\d+)/],
  ["Firefox", /\bFirefox\/(\d+)/],
  ["Chrome", /Chrom(?:e|ium)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//],
] as const;

const systems = [
  ["Windows", /Windows NT/],
  ["Android", /Android/],
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["macOS", /Macintosh/],
  ["ChromeOS", /CrOS/],
  ["Linux", /Linux/],
] as const;

/** Undefined when it names none that is known here. */
export function browserName(untrustedAgent: string): string | undefined {
  const system = systems.find(([, pattern]) => pattern.test(untrustedAgent))?.[0];
  for (const [name, pattern] of browsers) {
    const version = pattern.exec(untrustedAgent)?.[1];
    if (version === undefined) continue;
    return system === undefined ? `${name} ${version}` : `${name} ${version} (${system})`;
  }
  return undefined;
}
