import type { ButtonHTMLAttributes } from "react";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "type" | "disabled"> {
  /** primary: what the page is for, once in sight; danger: what cannot be taken back. */
  readonly kind?: "plain" | "primary" | "danger";
  readonly type?: "button" | "submit";
  /** Whether what it starts is under way: it then does nothing. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
}

/** A button. One that does nothing for now can still have the focus, which would be lost otherwise whenever it is pressed. */
export function Button({ kind = "plain", type = "button", busy = false, disabled = false, ...rest }: ButtonProps) {
  const { onClick, ...others } = rest;
  const className = ["button", `button-${kind}`, rest.className].filter(Boolean).join(" ");
  const off = busy || disabled;
  return (
    <button
      {...others}
      type={type}
      className={className}
      aria-busy={busy}
      aria-disabled={off}
      onClick={off ? (event) => event.preventDefault() : onClick}
    />
  );
}
