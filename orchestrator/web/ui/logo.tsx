/** The mark: a house, and beside it the detached room. And the larger drawing of the same idea. */
export function Mark(props: { readonly size?: number }): React.JSX.Element {
  const size = props.size ?? 32;
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32" className="shrink-0">
      <rect width="32" height="32" rx="7" fill="var(--color-key-900)" />
      <path
        d="M4.500 16.200 12 9.500l7.500 6.700M7 15v9h10v-9"
        fill="none"
        stroke="#fff"
        strokeWidth="2.200"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="m20.500 19.700 3.750-3.200L28 19.700M22 19.500V24h4.500v-4.500"
        fill="none"
        stroke="var(--color-yellow-300)"
        strokeWidth="2.200"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function Wordmark(): React.JSX.Element {
  return (
    <span className="flex items-center gap-3">
      <Mark />
      <span className="whitespace-nowrap text-[1.375rem] font-bold tracking-wide leading-none">
        Hanare
      </span>
    </span>
  );
}

/**
 * Main house, garden path, detached room with its lit window. `wide` lets the ground run to both edges;
 * without `lit` the room is dark: nobody is in it any more.
 */
export function HouseDrawing(props: {
  readonly className?: string;
  readonly wide?: boolean;
  readonly lit?: boolean;
}): React.JSX.Element {
  const light = props.lit === false ? "none" : "var(--color-yellow-300)";
  return (
    <svg aria-hidden="true" viewBox="0 0 480 260" className={props.className} fill="none">
      <circle cx="372" cy="62" r="30" fill="var(--color-yellow-300)" fillOpacity="0.9" />
      {props.wide === true ? (
        <>
          <path
            d="M0 226c80-18 160-22 240-14s160 6 240-8v56H0z"
            fill="currentColor"
            fillOpacity="0.07"
          />
          <path
            d="M0 240c110-14 210-12 300-4s130 4 180-2v26H0z"
            fill="currentColor"
            fillOpacity="0.08"
          />
        </>
      ) : (
        <ellipse cx="240" cy="224" rx="232" ry="22" fill="currentColor" fillOpacity="0.09" />
      )}
      <g stroke="currentColor" strokeWidth="3" strokeLinejoin="round" strokeLinecap="round">
        <path d="M46 218V128h168v90" fill="var(--h-drawing-wall, transparent)" />
        <path d="M22 132 130 62l108 70" />
        <path d="M34 124 130 62l96 62" strokeOpacity="0.35" strokeWidth="8" />
        <path
          d="M70 150h44v68H70zM92 150v68M70 184h44M136 150h56v34h-56zM164 150v34M136 167h56"
          strokeOpacity="0.75"
        />
        <path d="M318 218v-58h92v58" fill="var(--h-drawing-wall, transparent)" />
        <path d="m300 164 64-42 64 42" />
        <path d="m310 158 54-36 54 36" strokeOpacity="0.35" strokeWidth="8" />
      </g>
      <rect x="340" y="174" width="48" height="30" rx="2" fill={light} />
      <path d="M364 174v30M340 189h48" stroke="currentColor" strokeWidth="2.500" />
      <rect x="340" y="174" width="48" height="30" rx="2" stroke="currentColor" strokeWidth="3" />
      <g fill="currentColor" fillOpacity="0.35">
        <ellipse cx="236" cy="226" rx="13" ry="4.500" />
        <ellipse cx="262" cy="231" rx="12" ry="4" />
        <ellipse cx="288" cy="227" rx="11" ry="4" />
      </g>
      <path
        d="M446 218v-34m0 0c-14 0-20-10-16-20-8-10 2-22 12-20 6-10 22-6 22 6 10 4 8 18-1 21 2 8-6 13-17 13Z"
        stroke="currentColor"
        strokeOpacity="0.6"
        strokeWidth="3"
        strokeLinejoin="round"
      />
    </svg>
  );
}
