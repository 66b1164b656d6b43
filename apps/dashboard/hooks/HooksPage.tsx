import type { Hook } from "@homeslice/protocol/hooks.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ManagedPage } from "../forms/ManagedPage.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import { workflowChoiceQuery, workflowOf } from "../starts/workflowsQuery.ts";
import type { Column } from "../ui/DataTable.tsx";
import { Mark } from "../ui/Mark.tsx";
import { HookForm } from "./HookForm.tsx";
import { hooksQuery } from "./queries.ts";
import { SwitchButton } from "./SwitchButton.tsx";

const route = getRouteApi("/hooks");

/** Alerts, and other programs, that start an action. */
export function HooksPage() {
  const { hooks: texts } = useMessages();
  const navigate = route.useNavigate();
  return (
    <ManagedPage
      title={texts.title}
      about={texts.about}
      words={texts}
      list={useInfiniteQuery(hooksQuery)}
      columns={useColumns()}
      rowKey={({ hook_id }) => hook_id}
      mayManage={useMay("hooks:manage")}
      rowActions={(hook) => <SwitchButton hook={hook} />}
      form={(_, onClose) => (
        <HookForm
          onClose={onClose}
          onSaved={({ hook_id }) => void navigate({ to: "/hooks/$hookId", params: { hookId: hook_id }, search: {} })}
        />
      )}
    />
  );
}

function useColumns(): Column<Hook>[] {
  const { hooks: texts, forms } = useMessages();
  const { data: actions } = useQuery(actionChoiceQuery);
  const { data: workflows } = useQuery(workflowChoiceQuery);
  return [
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
}
