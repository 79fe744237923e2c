/** Buttons and links that look like buttons, in the sizes and kinds of the design system. */
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, Ref } from "react";
import { Link } from "../base/router.tsx";

type Variant = "solid" | "outline" | "text" | "danger";
type Size = "xl" | "lg" | "md" | "sm";

const sizes: Readonly<Record<Size, string>> = {
  xl: "min-h-16 min-w-60 rounded-12 px-8 text-[1.25rem] font-bold leading-tight",
  lg: "min-h-14 min-w-36 rounded-8 px-6 text-oln-16B-100",
  md: "min-h-12 min-w-24 rounded-8 px-4 text-oln-16B-100",
  sm: "min-h-9 min-w-20 rounded-6 px-3 text-oln-14B-100",
};

const variants: Readonly<Record<Variant, string>> = {
  solid:
    "bg-primary text-on-primary hover:bg-primary-hover active:bg-primary-active hover:underline underline-offset-4",
  outline:
    "bg-surface text-primary border border-primary hover:bg-primary-soft hover:underline underline-offset-4",
  text: "text-primary underline underline-offset-4 hover:bg-primary-soft hover:decoration-2",
  danger:
    "bg-danger-fill text-on-danger hover:bg-danger-fill-hover hover:underline underline-offset-4",
};

export function buttonClass(variant: Variant, size: Size, more = ""): string {
  return `inline-flex items-center justify-center gap-2 text-center whitespace-nowrap select-none aria-disabled:opacity-50 disabled:pointer-events-none disabled:bg-solid-gray-300 disabled:text-solid-gray-700 disabled:border-solid-gray-300 ${sizes[size]} ${variants[variant]} ${more}`;
}

interface Look {
  readonly variant?: Variant;
  readonly size?: Size;
}

export function Button(
  props: ButtonHTMLAttributes<HTMLButtonElement> & Look & { readonly ref?: Ref<HTMLButtonElement> },
): React.JSX.Element {
  const { variant = "solid", size = "md", className, type = "button", ...rest } = props;
  return <button {...rest} type={type} className={buttonClass(variant, size, className)} />;
}

export function LinkButton(
  props: AnchorHTMLAttributes<HTMLAnchorElement> & Look & { readonly href: string },
): React.JSX.Element {
  const { variant = "outline", size = "md", className, ...rest } = props;
  return <Link {...rest} className={buttonClass(variant, size, className)} />;
}
