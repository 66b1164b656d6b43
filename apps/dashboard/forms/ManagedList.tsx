import { type ReactNode, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing, type ListingProps } from "../ui/Listing.tsx";
import { EmptyState } from "../ui/notices.tsx";

export interface ManagedListProps<Row> extends Omit<ListingProps<Row>, "empty"> {
  readonly mayManage: boolean;
  readonly words: {
    /** What the button says that makes a new one. */
    readonly create: string;
    readonly none: string;
    /** What to do when there is none, for who may. */
    readonly noneFix: string;
  };
  /** The button that changes a row: what it says, and with which row; without it, rows are not changed here. */
  readonly change?: (row: Row) => { readonly label: string; readonly title: string };
  /** What may be done with a row besides changing it. */
  readonly rowActions: (row: Row) => ReactNode;
  /** The form over the page: for a row, or for a new one without it. */
  readonly form: (row: Row | undefined, onClose: () => void) => ReactNode;
  /** What stands above the list, with the button that makes a new one, for who may. */
  readonly head?: (create: ReactNode) => ReactNode;
}

/** A list of what people define, which those who may make longer, change and shorten. */
export function ManagedList<Row>(props: ManagedListProps<Row>) {
  const { columns, mayManage, words, change, rowActions, form, head, ...listing } = props;
  const { forms } = useMessages();
  const [shown, setShown] = useState<Row | "new">();
  const create = mayManage && (
    <Button kind="primary" onClick={() => setShown("new")}>
      {words.create}
    </Button>
  );
  const changeButton = (row: Row) => {
    const said = change?.(row);
    return (
      said && (
        <Button aria-label={said.title} onClick={() => setShown(row)}>
          {said.label}
        </Button>
      )
    );
  };
  const actions: Column<Row> = {
    key: "actions",
    header: forms.actions,
    cell: (row) => (
      <div className="row-actions">
        {changeButton(row)}
        {rowActions(row)}
      </div>
    ),
  };
  const empty = (
    <EmptyState title={words.none}>
      <p>{mayManage ? words.noneFix : forms.onlyReading}</p>
    </EmptyState>
  );
  return (
    <>
      {head ? head(create) : create && <div className="actions">{create}</div>}
      <Listing {...listing} columns={mayManage ? [...columns, actions] : columns} empty={empty} />
      {shown !== undefined && form(shown === "new" ? undefined : shown, () => setShown(undefined))}
    </>
  );
}
