/** A site's icon, put on a canvas pixel by pixel: what comes from outside is never decoded here. */
import { useEffect, useRef } from "react";

const side = 16;

export function TabIcon(props: { readonly pixels: string }): React.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const bytes = Uint8ClampedArray.from(atob(props.pixels), (each) => each.charCodeAt(0));
    if (bytes.length !== side * side * 4) return;
    canvas.current?.getContext("2d")?.putImageData(new ImageData(bytes, side, side), 0, 0);
  }, [props.pixels]);
  return (
    <canvas
      ref={canvas}
      width={side}
      height={side}
      aria-hidden="true"
      data-testid="tab-icon"
      className="size-4 shrink-0"
    />
  );
}
