import type { Hook } from "@homeslice/protocol/hooks.ts";
import { useQuery } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import { workflowChoiceQuery, workflowOf } from "../starts/workflowsQuery.ts";
import { Facts } from "../ui/Facts.tsx";
import { duration } from "../ui/time.ts";

/** What a hook takes, what it starts, and what it may not. */
export function HookFacts({ hook }: { hook: Hook }) {
  const { hooks: texts, forms, starts } = useMessages();
  const { data: actions } = useQuery(actionChoiceQuery);
  const { data: workflows } = useQuery(workflowChoiceQuery);
  const list = (pairs: Readonly<Record<string, unknown>>) =>
    Object.entries(pairs)
      .map(([name, value]) => `${name} = ${Array.isArray(value) ? value.join(" ") : String(value)}`)
      .join(", ");
  return (
    <Facts
      facts={[
        [texts.source, texts.sources[hook.source]],
        [starts.byName(texts.secret), hook.secret?.secret_name],
        [texts.match, list(hook.match) || texts.anyAlert],
        [starts.action, actionOf(actions, hook.action_template_id)?.name ?? hook.action_template_id],
        [starts.workflow, workflowOf(workflows, hook.workflow_id)?.name ?? hook.workflow_id],
        [texts.parameters, list(hook.parameters)],
        [texts.parametersFrom, list(hook.parameters_from)],
        [texts.hostFrom, hook.host_from],
        [starts.where, hook.targets && JSON.stringify(hook.targets)],
        [texts.dryRun, hook.dry_run ? forms.yes : forms.no],
        [texts.startsPerHour, hook.starts_per_hour],
        [texts.coolDownTime, duration(hook.cool_down_seconds)],
        [texts.owner, hook.owner],
      ]}
    />
  );
}
