/** A QR code, drawn as one path: black on white in either theme, with the quiet zone that readers need. */
import { encodeQR } from "qr";
import { useMemo } from "react";

/** ISO/IEC 18004 §6.3.8: four modules. */
const quietZone = 4;

export function QrCode(props: {
  readonly text: string;
  readonly label: string;
}): React.JSX.Element {
  const { path, size } = useMemo(() => drawn(props.text), [props.text]);
  return (
    <svg
      role="img"
      aria-label={props.label}
      data-testid="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      width={208}
      height={208}
      shapeRendering="crispEdges"
      className="shrink-0 rounded-8 border border-line"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function drawn(text: string): { readonly path: string; readonly size: number } {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: quietZone });
  const path = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return { path, size: rows.length };
}
