/** A PDF that is nothing but pictures, one a page: written by hand, because that is all there is to it. Pure. */
export interface DrawnPage {
  readonly jpeg: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly grey: boolean;
  readonly widthPt: number;
  readonly heightPt: number;
}

const number = (value: number): string => String(Math.round(value * 100) / 100);

class PdfWriter {
  readonly #parts: Buffer[] = [Buffer.from("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  readonly #places = new Map<number, number>();
  #length = this.#parts[0]?.length ?? 0;

  #push(part: Buffer): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  object(id: number, dictionary: string, stream?: Buffer): void {
    this.#places.set(id, this.#length);
    this.#push(Buffer.from(`${id} 0 obj\n${dictionary}\n`));
    if (stream !== undefined) {
      this.#push(Buffer.from("stream\n"));
      this.#push(stream);
      this.#push(Buffer.from("\nendstream\n"));
    }
    this.#push(Buffer.from("endobj\n"));
  }

  end(): Buffer {
    const start = this.#length;
    const count = this.#places.size + 1;
    const lines = [...this.#places.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, place]) => `${String(place).padStart(10, "0")} 00000 n \n`);
    this.#push(
      Buffer.from(
        `xref\n0 ${count}\n0000000000 65535 f \n${lines.join("")}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
      ),
    );
    return Buffer.concat(this.#parts);
  }
}

const catalog = 1;
const pageTree = 2;
const firstPage = 3;
/** Page, its drawing, its picture. */
const objectsEach = 3;

export function writePicturePdf(pages: readonly DrawnPage[]): Buffer {
  const writer = new PdfWriter();
  const kids = pages.map((_page, index) => `${firstPage + index * objectsEach} 0 R`);
  writer.object(catalog, `<< /Type /Catalog /Pages ${pageTree} 0 R >>`);
  writer.object(pageTree, `<< /Type /Pages /Count ${pages.length} /Kids [${kids.join(" ")}] >>`);
  for (const [index, page] of pages.entries()) {
    const id = firstPage + index * objectsEach;
    const { widthPx, heightPx, grey, jpeg } = page;
    const [width, height] = [number(page.widthPt), number(page.heightPt)];
    const drawing = Buffer.from(`q ${width} 0 0 ${height} 0 0 cm /P Do Q`);
    writer.object(
      id,
      `<< /Type /Page /Parent ${pageTree} 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${id + 1} 0 R /Resources << /XObject << /P ${id + 2} 0 R >> >> >>`,
    );
    writer.object(id + 1, `<< /Length ${drawing.length} >>`, drawing);
    writer.object(
      id + 2,
      `<< /Type /XObject /Subtype /Image /Width ${widthPx} /Height ${heightPx} /ColorSpace /${grey ? "DeviceGray" : "DeviceRGB"} /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`,
      jpeg,
    );
  }
  return writer.end();
}
