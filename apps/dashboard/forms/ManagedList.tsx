import { type ReactNode, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing, type ListingProps } from "../ui/Listing.tsx";
import { EmptyState } from "../ui/notices.tsx";

interface ManagedListProps<Row> extends Omit<ListingProps<Row>, "empty"> {
  readonly mayManage: boolean;
  readonly words: {
    /** What the button says that makes a new one. */
    readonly create: string;
    readonly none: string;
    /** What to do when there is none, for who may. */
    readonly noneFix: string;
  };
  /** What may be done with a row besides changing it. */
  readonly rowActions: (row: Row) => ReactNode;
  /** The form over the page: for a row, or for a new one without it. */
  readonly form: (row: Row | undefined, onClose: () => void) => ReactNode;
}

/** A list of what people define, which those who may make longer, change and shorten. */
export function ManagedList<Row extends { readonly name: string }>(props: ManagedListProps<Row>) {
  const { columns, mayManage, words, rowActions, form, ...listing } = props;
  const { forms } = useMessages();
  const [shown, setShown] = useState<Row | "new">();
  const actions: Column<Row> = {
    key: "actions",
    header: forms.actions,
    cell: (row) => (
      <div className="row-actions">
        <Button aria-label={forms.editOf(row.name)} onClick={() => setShown(row)}>
          {forms.edit}
        </Button>
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
    <div className="stack">
      {mayManage && (
        <div className="actions">
          <Button kind="primary" onClick={() => setShown("new")}>
            {words.create}
          </Button>
        </div>
      )}
      <Listing {...listing} columns={mayManage ? [...columns, actions] : columns} empty={empty} />
      {shown !== undefined && form(shown === "new" ? undefined : shown, () => setShown(undefined))}
    </div>
  );
}
