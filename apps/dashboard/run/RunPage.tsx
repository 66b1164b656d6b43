import type { Action } from "@homeslice/protocol/actions.ts";
import { NewExecution } from "@homeslice/protocol/executions.ts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { problemOf } from "../api/client.ts";
import { faultsElsewhere, faultsOf, schemaFaults } from "../forms/faults.ts";
import { CheckField, FaultsContext, NumberField, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import { draftOf } from "../starts/parameterDraft.ts";
import { StartFields } from "../starts/StartFields.tsx";
import { noStart } from "../starts/startDraft.ts";
import { noTargets } from "../starts/targetDraft.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { ConfirmRun } from "./ConfirmRun.tsx";
import { approvalRulesQuery, previewQuery } from "./queries.ts";
import { RunPreview } from "./RunPreview.tsx";
import { rulesFor } from "./risk.ts";
import { type RunDraft, runOf } from "./runDraft.ts";
import { useSettled } from "./useSettled.ts";

const route = getRouteApi("/run");
/** Where the fields stand among the faults. */
const PLACE = "execution";

/** Chooses what runs where, shows exactly what that means, and starts it. */
export function RunPage() {
  const { run: texts } = useMessages();
  const { data, error, isPending, refetch } = useQuery(actionChoiceQuery);
  return (
    <section aria-labelledby="run-title" className="page">
      <h1 id="run-title">{texts.title}</h1>
      {isPending && <Skeleton rows={6} />}
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {data && <RunForm actions={data} />}
    </section>
  );
}

function RunForm({ actions }: { actions: readonly Action[] }) {
  const { run: texts } = useMessages();
  const search = route.useSearch();
  const [draft, setDraft] = useState<RunDraft>(() => initialDraft(search, actions));
  const action = draft.start.kind === "action" ? actionOf(actions, draft.start.actionId) : undefined;
  const run = usePreview(draft, action);
  const [asking, setAsking] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const [refused, setRefused] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setRefused(!run.ready);
    setAsking(run.ready);
    if (!run.ready)
      requestAnimationFrame(() => element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  return (
    <div className="split">
      <form ref={element} className="form" onSubmit={submit} noValidate>
        <FaultsContext value={refused ? run.faults : run.refusals}>
          <StartFields
            draft={draft.start}
            actions={actions}
            path={PLACE}
            onChange={(start) => setDraft({ ...draft, start })}
          />
          <RolloutFields draft={draft} onChange={(part) => setDraft({ ...draft, ...part })} />
        </FaultsContext>
        <div className="actions">
          <Button type="submit" kind="primary" busy={run.asking}>
            {texts.review}
          </Button>
        </div>
      </form>
      <section aria-labelledby="run-preview" aria-busy={run.asking} className="form panel">
        <h2 id="run-preview">{texts.preview}</h2>
        {run.preview ? (
          <RunPreview preview={run.preview} rules={run.rules} dryRun={draft.dryRun} />
        ) : (
          <p className="muted">{texts.previewHint}</p>
        )}
        {run.error && <ErrorNotice error={run.error} />}
      </section>
      {asking && run.body && run.preview && (
        <ConfirmRun
          body={run.body}
          action={action}
          preview={run.preview}
          rules={run.rules}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** What the fields mean, as the API says it. */
function usePreview(draft: RunDraft, action: Action | undefined) {
  const text = JSON.stringify(runOf(draft, action));
  const settled = useSettled(text);
  const checked = NewExecution.safeParse(JSON.parse(settled));
  const body = checked.success ? checked.data : undefined;
  const { data, error, isFetching } = useQuery(previewQuery(body));
  const { data: rules = [] } = useQuery(approvalRulesQuery);
  const refusals = placed(faultsOf(error));
  const preview = body === undefined || error ? undefined : (data ?? undefined);
  const shown = [`${PLACE}.action_template_id`, `${PLACE}.parameters`, `${PLACE}.operation`, `${PLACE}.targets`];
  const elsewhere = faultsElsewhere(refusals, [...shown, `${PLACE}.target_servers`, `${PLACE}.rollout`]);
  const said = error !== null && (problemOf(error).errors === undefined || elsewhere.length > 0);
  return {
    body,
    preview,
    rules: preview ? rulesFor(rules, action, preview.targets) : [],
    ready: settled === text && preview !== undefined && preview.targets.length > 0,
    asking: settled !== text || (isFetching && preview === undefined),
    refusals,
    faults: checked.success ? refusals : placed(schemaFaults(checked.error)),
    error: said ? error : null,
  };
}

function placed(faults: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(faults).map(([place, message]) => [`${PLACE}.${place}`, message]));
}

function initialDraft(
  { action: actionId, servers, dry }: ReturnType<typeof route.useSearch>,
  actions: readonly Action[],
): RunDraft {
  const parameters = draftOf(actionOf(actions, actionId)?.parameters ?? {});
  const targets = { ...noTargets, servers: servers?.split(",") ?? [] };
  const kind = actions.length === 0 ? "command" : "action";
  return {
    start: { ...noStart, kind, actionId: actionId ?? "", parameters, targets },
    parallelism: "",
    batchSize: "",
    stopAfter: "",
    timeout: "",
    dryRun: dry ?? false,
  };
}

interface RolloutFieldsProps {
  readonly draft: RunDraft;
  readonly onChange: (part: Partial<RunDraft>) => void;
}

/** How a run spreads over its servers. */
function RolloutFields({ draft, onChange }: RolloutFieldsProps) {
  const { run: texts } = useMessages();
  const number = (name: "parallelism" | "stopAfter" | "timeout", path: string) => (
    <NumberField
      path={`${PLACE}.${path}`}
      label={texts[name]}
      hint={texts[`${name}Hint`]}
      optional
      value={draft[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <fieldset className="group">
      <legend>{texts.how}</legend>
      <div className="form-row">
        {number("parallelism", "rollout.parallelism")}
        <TextField
          path={`${PLACE}.rollout.batch_size`}
          label={texts.batchSize}
          hint={texts.batchSizeHint}
          optional
          value={draft.batchSize}
          onChange={(batchSize) => onChange({ batchSize })}
        />
      </div>
      <div className="form-row">
        {number("stopAfter", "rollout.stop_after_failures")}
        {number("timeout", "timeout_seconds")}
      </div>
      <CheckField label={texts.dryRun} checked={draft.dryRun} onChange={(dryRun) => onChange({ dryRun })} />
    </fieldset>
  );
}
