import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "./Button.tsx";

const ROW_HEIGHT = 48;
/** From how many rows on only those in sight exist. */
const LONG = 100;

/** One column; the first one of a table names its row. */
export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly number?: boolean;
  /** Whether the table can be sorted by it. */
  readonly sortable?: boolean;
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sorted?: { readonly by: string; readonly desc: boolean };
  /** Asked for with the key of a column, and whether it is to be descending. */
  readonly onSort?: (key: string, desc: boolean) => void;
  /** Fetches the next page of a list, while there is one. */
  readonly more?: { readonly fetch: () => void; readonly busy: boolean } | undefined;
}

/** A table; of a long one only the rows in sight exist: ten thousand scroll like ten. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, sorted, onSort, more } = props;
  const { ui } = useMessages();
  const box = useRef<HTMLElement>(null);
  const { above, below, visible } = useRowsInSight(rows, box);
  return (
    <>
      <section className="table-box" ref={box} aria-label={ui.table(caption)} tabIndex={0}>
        <table aria-rowcount={rows.length + 1}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Header key={column.key} column={column} sorted={sorted} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Space height={above} columns={columns.length} />}
            {visible.map(({ row, index }) => (
              <tr key={rowKey(row)} aria-rowindex={index + 2}>
                {columns.map((column, place) => (
                  <Cell key={column.key} column={column} row={row} first={place === 0} />
                ))}
              </tr>
            ))}
            {below > 0 && <Space height={below} columns={columns.length} />}
          </tbody>
        </table>
      </section>
      {more && (
        <Button className="table-more" busy={more.busy} onClick={more.fetch}>
          {ui.more}
        </Button>
      )}
    </>
  );
}

function useRowsInSight<Row>(rows: readonly Row[], box: { readonly current: HTMLElement | null }) {
  const long = rows.length > LONG;
  const virtual = useVirtualizer({
    count: long ? rows.length : 0,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  });
  if (!long) return { above: 0, below: 0, visible: rows.map((row, index) => ({ row, index })) };
  const items = virtual.getVirtualItems();
  const visible = items.flatMap(({ index }) => rows.slice(index, index + 1).map((row) => ({ row, index })));
  return { above: items[0]?.start ?? 0, below: virtual.getTotalSize() - (items.at(-1)?.end ?? 0), visible };
}

/** Keeps the place of the rows that are out of sight. */
function Space({ height, columns }: { height: number; columns: number }) {
  return (
    <tr>
      <td colSpan={columns} className="space" style={{ height }} />
    </tr>
  );
}

interface HeaderProps<Row> {
  readonly column: Column<Row>;
  readonly sorted: DataTableProps<Row>["sorted"];
  readonly onSort: DataTableProps<Row>["onSort"];
}

function Header<Row>({ column: { key, header, number, sortable }, sorted, onSort }: HeaderProps<Row>) {
  const className = number ? "number" : undefined;
  if (!sortable || !onSort) {
    return (
      <th scope="col" className={className}>
        {header}
      </th>
    );
  }
  const chosen = sorted?.by === key;
  const direction = sorted?.desc ? "descending" : "ascending";
  return (
    <th scope="col" className={className} aria-sort={chosen ? direction : "none"}>
      <button type="button" onClick={() => onSort(key, chosen && !sorted.desc)}>
        {header}
      </button>
    </th>
  );
}

function Cell<Row>({ column, row, first }: { column: Column<Row>; row: Row; first: boolean }) {
  if (first) return <th scope="row">{column.cell(row)}</th>;
  return <td className={column.number ? "number" : undefined}>{column.cell(row)}</td>;
}
