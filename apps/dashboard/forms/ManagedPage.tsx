import { type ReactNode, useId } from "react";
import { ManagedList, type ManagedListProps } from "./ManagedList.tsx";

interface ManagedPageProps<Row> extends Omit<ManagedListProps<Row>, "head" | "caption"> {
  readonly title: string;
  /** What the list is of, in a sentence. */
  readonly about: string;
  /** What else is done with all of them. */
  readonly more?: ReactNode;
  /** What stands below the list. */
  readonly children?: ReactNode;
}

/** A page of one list that people look after. @see ManagedList */
export function ManagedPage<Row>({ title, about, more, children, ...list }: ManagedPageProps<Row>) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="page">
      <ManagedList
        {...list}
        caption={title}
        head={(create) => (
          <>
            <div className="page-head">
              <h1 id={heading}>{title}</h1>
              <div className="actions page-action">
                {more}
                {create}
              </div>
            </div>
            <p className="muted">{about}</p>
          </>
        )}
      />
      {children}
    </section>
  );
}
