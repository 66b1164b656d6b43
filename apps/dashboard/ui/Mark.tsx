import type { ReactNode } from "react";

/** How something stands, by shape, colour and word. */
export type Tone = "good" | "busy" | "warning" | "bad" | "quiet";

/** A state that is none of an execution or a server. */
export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {children}
    </span>
  );
}
