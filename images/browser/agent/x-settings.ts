/**
 * Tells the programs of the display how they are to look (freedesktop.org, "XSETTINGS protocol", 0.5): how
 * many pixels make an inch, from which Chromium takes the scale of pages, pop-ups and select boxes alike, at
 * once; and that the caret of a field does not blink, so that a page at rest changes nothing.
 */
import { request, XClient } from "./x-client.ts";

/** Whoever holds this tells the settings of the first screen. */
const selection = "_XSETTINGS_S0";
const propertyName = "_XSETTINGS_SETTINGS";
/** Dots per inch at a scale of 1. */
const plainDpi = 96;

export class XSettings {
  readonly #x: XClient;
  readonly #window: number;
  readonly #property: number;
  #serial = 0;
  #scalePct = 0;

  private constructor(x: XClient, property: number) {
    this.#x = x;
    this.#property = property;
    this.#window = x.newId();
  }

  /** Before the programs start that read them. */
  static async open(scalePct: number): Promise<XSettings> {
    const x = await XClient.connect();
    x.once("close", () => process.exit(74));
    const [owned, property] = await Promise.all([x.atom(selection), x.atom(propertyName)]);
    const settings = new XSettings(x, property);
    // InputOnly, one pixel, never mapped.
    x.send(request(1, 0, [settings.#window, x.root, 0, 0x0001_0001, 0x0002_0000, 0, 0]));
    settings.#write(scalePct);
    x.send(request(22, 0, [settings.#window, owned, 0]));
    await x.settled();
    return settings;
  }

  /** What programs were told last. */
  get scalePct(): number {
    return this.#scalePct;
  }

  /** Takes effect in everything open. */
  async scale(scalePct: number): Promise<void> {
    if (scalePct === this.#scalePct) return;
    this.#write(scalePct);
    await this.#x.settled();
  }

  #write(scalePct: number): void {
    this.#scalePct = scalePct;
    this.#serial += 1;
    const bytes = encodeSettings(this.#serial, {
      "Xft/DPI": Math.round((plainDpi * 1024 * scalePct) / 100),
      "Net/CursorBlink": 0,
    });
    const property = [this.#window, this.#property, this.#property, 8, bytes.length];
    this.#x.send(request(18, 0, property, bytes));
  }
}

/** Little endian; every setting a whole number that changed with this serial. */
export function encodeSettings(serial: number, settings: Readonly<Record<string, number>>): Buffer {
  const entries = Object.entries(settings);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(serial, 4);
  head.writeUInt32LE(entries.length, 8);
  return Buffer.concat([
    head,
    ...entries.map(([name, value]) => encodeSetting(serial, name, value)),
  ]);
}

function encodeSetting(serial: number, name: string, value: number): Buffer {
  const padded = Math.ceil(name.length / 4) * 4;
  const bytes = Buffer.alloc(4 + padded + 8);
  bytes.writeUInt16LE(name.length, 2);
  bytes.write(name, 4, "latin1");
  bytes.writeUInt32LE(serial, 4 + padded);
  bytes.writeInt32LE(value, 8 + padded);
  return bytes;
}
