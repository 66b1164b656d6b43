import type { ButtonHTMLAttributes } from "react";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "type" | "disabled"> {
  /** primary: what the page is for, once in sight; danger: what cannot be taken back. */
  readonly kind?: "plain" | "primary" | "danger";
  readonly type?: "button" | "submit";
  /** Whether what it starts is under way: it then does nothing. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
}

export function Button({ kind = "plain", type = "button", busy = false, disabled = false, ...rest }: ButtonProps) {
  const className = ["button", `button-${kind}`, rest.className].filter(Boolean).join(" ");
  return <button {...rest} type={type} className={className} aria-busy={busy} disabled={busy || disabled} />;
}
