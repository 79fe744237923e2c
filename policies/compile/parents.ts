/** Parent proxies. Pure: the text of a certificate file is passed in. */
import type { CompiledParent } from "../compiled.ts";
import { parseHost } from "../guards/host-port.ts";
import { quote } from "../problem.ts";
import type { Context } from "./context.ts";

export function compileParents(context: Context): CompiledParent[] {
  return Object.entries(context.value.parents).map(([id, parent]) => {
    const path = ["parents", id];
    const ca = parent.ca_file === undefined ? undefined : readCa(context, id, parent.ca_file);
    if (parent.ca_file !== undefined && !parent.tls) {
      context.report(
        [...path, "ca_file"],
        "ca_file は tls: true のときだけ使います。tls: true を書くか、ca_file を消してください。",
        "ca_file is used with tls: true only; write tls: true or remove ca_file.",
      );
    }
    const { auth } = parent;
    if (auth && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(auth.password_file)) {
      context.report(
        [...path, "auth", "password_file"],
        "password_file には、データフォルダの secrets の中のファイル名だけを書いてください（例: parent.password）。",
        "password_file is the bare name of a file in the secrets folder of the data folder, such as parent.password.",
      );
    }
    return {
      id,
      host: hostOf(context, id, parent.host),
      port: parent.port,
      tls: parent.tls,
      resolve: parent.resolve,
      ...(ca !== undefined && { ca }),
      ...(parent.auth && {
        auth: { user: parent.auth.user, passwordFile: parent.auth.password_file },
      }),
    };
  });
}

function hostOf(context: Context, id: string, text: string): string {
  const bracketed = text.includes(":") ? `[${text}]` : text;
  // A parent often stands inside: a single label or an address is the administrator's own choice.
  const host = parseHost(bracketed, { ipLiterals: "allow", singleLabel: "allow" });
  if (host.ok && host.host === text) return text;
  context.report(
    ["parents", id, "host"],
    `「${quote(text)}」はホスト名として正しくありません。「${host.ok ? host.host : "proxy.example.lg.jp"}」のように書いてください。`,
    `"${quote(text)}" is not a host name; write one such as "${host.ok ? host.host : "proxy.example.lg.jp"}".`,
  );
  return text;
}

function readCa(context: Context, id: string, file: string): string | undefined {
  const source = context.sources.get(file);
  if (source?.kind === "text" && source.text.includes("-----BEGIN CERTIFICATE-----"))
    return source.text;
  context.report(
    ["parents", id, "ca_file"],
    `証明書のファイル「${quote(file)}」を読めません。PEM 形式のファイルをポリシーと同じフォルダの中に置き、相対パスで書いてください。`,
    `The certificate file "${quote(file)}" cannot be read; put a PEM file below the policy's folder and write its relative path.`,
  );
  return undefined;
}
