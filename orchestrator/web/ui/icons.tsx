/** The icons, drawn here on a 24-unit grid. Decoration only: the words beside them, or a label, say it. */
import type { ReactNode } from "react";

const paths = {
  back: <path d="M19 12H5m6-6-6 6 6 6" />,
  forward: <path d="M5 12h14m-6-6 6 6-6 6" />,
  reload: <path d="M19.500 12a7.500 7.500 0 1 1-2.200-5.300L19.500 9m0-5v5h-5" />,
  stop: <path d="m6 6 12 12M18 6 6 18" />,
  close: <path d="m7 7 10 10M17 7 7 17" />,
  plus: <path d="M12 5v14M5 12h14" />,
  download: <path d="M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 19.500h14" />,
  print: <path d="M7 9V4h10v5M7 17.500H4.500V9h15v8.500H17M7 14h10v6.500H7z" />,
  expand: <path d="M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5" />,
  screen: <path d="M3.500 5h17v11.500h-17zM8.500 20h7M12 16.500V20" />,
  sound: (
    <path d="M4 9.500v5h3.500l4.500 4v-13l-4.500 4zM15.500 9a4.500 4.500 0 0 1 0 6m2.500-8.500a8 8 0 0 1 0 11" />
  ),
  muted: <path d="M4 9.500v5h3.500l4.500 4v-13l-4.500 4zM15.500 9.500l5 5m0-5-5 5" />,
  shrink: <path d="M9 4v5H4m16 0h-5V4m0 16v-5h5M4 15h5v5" />,
  power: <path d="M12 4v8m5.700-5.700a8 8 0 1 1-11.400 0" />,
  globe: (
    <path d="M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17Zm-8.200 8.500h16.400M12 3.500c2.300 2.300 3.500 5.200 3.500 8.500S14.300 18.200 12 20.500C9.700 18.200 8.500 15.300 8.500 12S9.700 5.800 12 3.500Z" />
  ),
  bell: <path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15L6 16.500ZM10 20.500h4" />,
  lock: <path d="M7 10.500h10v9H7zm2 0V8a3 3 0 0 1 6 0v2.500" />,
  unlock: <path d="M7 10.500h10v9H7zm2 0V8a3 3 0 0 1 5.800-1" />,
  check: <path d="m5 12.500 4.500 4.500L19 7.500" />,
  warning: <path d="M12 4 2.800 20h18.400L12 4Zm0 6v5m0 2.200v.3" />,
  error: (
    <path d="M8.200 3.500h7.600l4.700 4.700v7.600l-4.700 4.700H8.200l-4.700-4.700V8.200L8.200 3.500ZM12 7.500v5.500m0 3v.3" />
  ),
  info: <path d="M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17Zm0 7.500v5.500m0-9v.3" />,
  good: (
    <path d="M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17Zm-3.800 8.800 2.700 2.700 5-5.500" />
  ),
  hold: <path d="M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17ZM12 7v5.300l3.500 2" />,
  shield: (
    <path d="M12 3.500 5 6v5.500c0 4.200 2.900 7.500 7 9 4.100-1.500 7-4.800 7-9V6l-7-2.500Zm-3 8.300 2.200 2.200 4-4.300" />
  ),
  virus: (
    <path d="M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10Zm0-4v4m0 10v4M3 12h4m10 0h4M5.600 5.600l2.900 2.900m7 7 2.900 2.900m0-12.800-2.900 2.900m-7 7-2.900 2.900" />
  ),
  key: <path d="M8 11.500a4 4 0 1 0 0 .1Zm4 0h8.500v3.500m-4-3.500v2.500" />,
  file: <path d="M6 3.500h8l4.500 4.500v12.500H6zm8 0V8h4.500" />,
  user: (
    <path d="M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.500 20.500c.8-3.800 3.600-5.500 7.500-5.500s6.700 1.700 7.500 5.500" />
  ),
  open: <path d="M18.500 13.500v6h-14v-14h6M14 4.500h5.500V10m0-5.500L11 13" />,
  chevron: <path d="m6 9.500 6 6 6-6" />,
  copy: <path d="M9 8.500h10.500v12H9zM15 8.500v-5H4.500v12H9" />,
  blocked: <path d="M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17ZM6 6l12 12" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof paths;

export function Icon(props: {
  readonly name: IconName;
  readonly size?: number;
  readonly className?: string;
}): React.JSX.Element {
  const size = props.size ?? 20;
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${props.className ?? ""}`}
    >
      {paths[props.name]}
    </svg>
  );
}

/** `plain` takes the colour of the words beside it. */
export function Spinner(props: {
  readonly size?: number;
  readonly plain?: boolean;
}): React.JSX.Element {
  const size = props.size ?? 24;
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      className={`spin shrink-0 ${props.plain === true ? "" : "text-primary"}`}
    >
      <circle
        cx="12"
        cy="12"
        r="9"
        fill="none"
        stroke="currentColor"
        strokeOpacity="0.2"
        strokeWidth="3"
      />
      <path
        d="M12 3a9 9 0 0 1 9 9"
        fill="none"
        stroke="currentColor"
        strokeWidth="3"
        strokeLinecap="round"
      />
    </svg>
  );
}
