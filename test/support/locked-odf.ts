/** Locks the content of an OpenDocument package the way LibreOffice does by default (AES-256, PBKDF2), for tests. */
import { createCipheriv, createHash, pbkdf2Sync, randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { plainZip } from "../../practice/samples/plain-zip.ts";

const sha256 = (data: Buffer | string): Buffer => createHash("sha256").update(data).digest();

export function lockedText(
  content: string,
  password: string,
  algorithm = "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
): Buffer {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const rounds = 1000;
  const key = pbkdf2Sync(sha256(password), salt, rounds, 32, "sha1");
  const packed = deflateRawSync(content);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const sealed = Buffer.concat([cipher.update(packed), cipher.final()]);
  const manifest = `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml" manifest:size="${Buffer.byteLength(content)}"><manifest:encryption-data manifest:checksum-type="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0#sha256-1k" manifest:checksum="${sha256(packed.subarray(0, 1024)).toString("base64")}"><manifest:algorithm manifest:algorithm-name="${algorithm}" manifest:initialisation-vector="${iv.toString("base64")}"/><manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="32" manifest:iteration-count="${rounds}" manifest:salt="${salt.toString("base64")}"/><manifest:start-key-generation manifest:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256" manifest:key-size="32"/></manifest:encryption-data></manifest:file-entry></manifest:manifest>`;
  const parts = {
    mimetype: Buffer.from("application/vnd.oasis.opendocument.text"),
    "content.xml": sealed,
    "META-INF/manifest.xml": Buffer.from(manifest),
  };
  return plainZip(Object.entries(parts).map(([name, data]) => ({ name, data })));
}
