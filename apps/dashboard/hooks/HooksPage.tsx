import type { Hook } from "@homeslice/protocol/hooks.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import { workflowChoiceQuery, workflowOf } from "../starts/workflowsQuery.ts";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Mark } from "../ui/Mark.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { HookForm } from "./HookForm.tsx";
import { hooksQuery } from "./queries.ts";
import { SwitchButton } from "./SwitchButton.tsx";

const route = getRouteApi("/hooks");

/** Alerts, and other programs, that start an action. */
export function HooksPage() {
  const { hooks: texts, forms } = useMessages();
  const list = useInfiniteQuery(hooksQuery);
  const navigate = route.useNavigate();
  const mayManage = useMay("hooks:manage");
  const [creating, setCreating] = useState(false);
  const columns = useColumns(mayManage);
  return (
    <section aria-labelledby="hooks-title" className="page">
      <div className="page-head">
        <h1 id="hooks-title">{texts.title}</h1>
        {mayManage && (
          <Button kind="primary" onClick={() => setCreating(true)}>
            {texts.create}
          </Button>
        )}
      </div>
      <p className="muted">{texts.about}</p>
      <Listing
        caption={texts.title}
        list={list}
        columns={columns}
        rowKey={({ hook_id }) => hook_id}
        empty={
          <EmptyState title={texts.none}>
            <p>{mayManage ? texts.noneFix : forms.onlyReading}</p>
          </EmptyState>
        }
      />
      {creating && (
        <HookForm
          onClose={() => setCreating(false)}
          onSaved={({ hook_id }) => void navigate({ to: "/hooks/$hookId", params: { hookId: hook_id }, search: {} })}
        />
      )}
    </section>
  );
}

function useColumns(mayManage: boolean): Column<Hook>[] {
  const { hooks: texts, forms } = useMessages();
  const { data: actions } = useQuery(actionChoiceQuery);
  const { data: workflows } = useQuery(workflowChoiceQuery);
  const columns: Column<Hook>[] = [
    {
      key: "name",
      header: forms.name,
      cell: ({ hook_id, name }) => (
        <Link to="/hooks/$hookId" params={{ hookId: hook_id }} search={{}}>
          {name}
        </Link>
      ),
    },
    {
      key: "state",
      header: texts.state,
      cell: ({ enabled }) => <Mark tone={enabled ? "good" : "warning"}>{enabled ? texts.on : texts.off}</Mark>,
    },
    { key: "source", header: texts.source, cell: ({ source }) => texts.sources[source] },
    {
      key: "what",
      header: texts.starts,
      cell: ({ action_template_id, workflow_id }) =>
        (actionOf(actions, action_template_id) ?? workflowOf(workflows, workflow_id))?.name ??
        action_template_id ??
        workflow_id,
    },
    { key: "owner", header: texts.owner, cell: ({ owner }) => owner },
  ];
  if (!mayManage) return columns;
  return [...columns, { key: "switch", header: forms.actions, cell: (hook) => <SwitchButton hook={hook} /> }];
}
