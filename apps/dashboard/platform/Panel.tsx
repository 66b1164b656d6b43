import { type ReactNode, useId } from "react";

interface PanelProps {
  readonly title: string;
  /** Said in place of the content where there is none. */
  readonly empty?: string | false;
  readonly children: ReactNode;
}

/** A part of the page with its own heading. */
export function Panel({ title, empty = false, children }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="panel">
      <h2 id={id}>{title}</h2>
      {empty === false ? children : <p className="muted">{empty}</p>}
    </section>
  );
}
