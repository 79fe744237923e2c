/**
 * Who looks, where and when, over the whole picture: a photograph of the screen says it, too. Drawn as one
 * tile, so that a long session costs nothing; pointer and keyboard go through it.
 */
import { useEffect, useState } from "react";

const tile = { width: 420, height: 200 };
const minuteMs = 60_000;

export function Watermark(props: { readonly text: string }): React.JSX.Element {
  const minute = useMinute();
  const words = props.text.replaceAll("{time}", timeText(minute));
  const [image, setImage] = useState("");
  useEffect(() => setImage(draw(words)), [words]);
  return (
    <div
      aria-hidden="true"
      data-testid="watermark"
      data-words={words}
      className="pointer-events-none absolute inset-0 z-5"
      style={{ backgroundImage: image === "" ? "none" : `url("${image}")` }}
    />
  );
}

function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), minuteMs);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}

function timeText(at: number): string {
  return new Date(at).toLocaleString("ja-JP", { dateStyle: "short", timeStyle: "short" });
}

function draw(words: string): string {
  const canvas = document.createElement("canvas");
  canvas.width = tile.width;
  canvas.height = tile.height;
  const pen = canvas.getContext("2d");
  if (!pen) return "";
  pen.translate(tile.width / 2, tile.height / 2);
  pen.rotate(-Math.PI / 9);
  pen.font = "600 15px sans-serif";
  pen.textAlign = "center";
  // Readable on white and on black pages alike.
  pen.strokeStyle = "rgb(255 255 255 / 16%)";
  pen.lineWidth = 3;
  pen.fillStyle = "rgb(0 0 0 / 14%)";
  pen.strokeText(words, 0, 0, tile.width - 20);
  pen.fillText(words, 0, 0, tile.width - 20);
  return canvas.toDataURL("image/png");
}
