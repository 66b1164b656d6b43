import { type Action, NewAction } from "@homeslice/protocol/actions.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { SearchBox } from "../ui/SearchBox.tsx";
import { actionsQuery } from "./queries.ts";

const route = getRouteApi("/actions");
const { category: Category, action_type: ActionType } = NewAction.shape;

/** What can be run, with the versions of each. */
export function ActionsPage() {
  const { actions: texts } = useMessages();
  const { q, category, type } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = { ...(q && { search: q }), ...(category && { category }), ...(type && { action_type: type }) };
  const list = useInfiniteQuery(actionsQuery(filter));
  const mayWrite = useMay("actions:write");
  const change = (part: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <section aria-labelledby="actions-title" className="page">
      <div className="page-head">
        <h1 id="actions-title">{texts.title}</h1>
        {mayWrite && (
          <div className="actions page-action">
            <SamplesButton />
            <Link to="/actions/new" className="button button-primary">
              {texts.create}
            </Link>
          </div>
        )}
      </div>
      <search className="filters">
        <SearchBox label={texts.search} value={q} onChange={(value) => change({ q: value })} />
        <Choice
          label={texts.category}
          names={texts.categories}
          value={category}
          onChange={(value) => change({ category: Category.unwrap().optional().catch(undefined).parse(value) })}
        />
        <Choice
          label={texts.type}
          names={texts.types}
          value={type}
          onChange={(value) => change({ type: ActionType.unwrap().optional().catch(undefined).parse(value) })}
        />
      </search>
      <Listing
        caption={texts.title}
        list={list}
        columns={useColumns()}
        rowKey={({ action_id }) => action_id}
        empty={
          <EmptyState title={Object.keys(filter).length > 0 ? texts.noMatch : texts.none}>
            <p>{mayWrite ? texts.noneFix : texts.noneReading}</p>
          </EmptyState>
        }
      />
    </section>
  );
}

function useColumns(): Column<Action>[] {
  const { actions: texts } = useMessages();
  return [
    {
      key: "name",
      header: texts.name,
      cell: ({ action_id, name }) => (
        <Link to="/actions/$actionId" params={{ actionId: action_id }} search={{}}>
          {name}
        </Link>
      ),
    },
    { key: "category", header: texts.category, cell: ({ category }) => texts.categories[category] },
    { key: "type", header: texts.type, cell: ({ action_type }) => texts.types[action_type] },
    { key: "operation", header: texts.operation, cell: ({ operation }) => texts.operations[operation.type] },
    { key: "version", header: texts.version, number: true, cell: ({ version }) => version },
    { key: "usage", header: texts.usage, number: true, cell: ({ metadata }) => metadata.usage_count },
    { key: "updated", header: texts.updated, cell: ({ metadata }) => <Moment at={metadata.updated_at} /> },
  ];
}

/** Adds what nearly everybody needs. */
function SamplesButton() {
  const { actions: texts } = useMessages();
  const add = useChange({
    run: () => api.call("addSampleActions"),
    invalidates: [["actions"]],
    tellsRefusal: true,
    says: ({ items }) => texts.samplesAdded(items.length),
  });
  return (
    <Button busy={add.busy} onClick={() => add.start()}>
      {texts.samples}
    </Button>
  );
}
