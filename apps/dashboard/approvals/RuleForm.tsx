import { NewAction } from "@homeslice/protocol/actions.ts";
import { type ApprovalRule, NewApprovalRule } from "@homeslice/protocol/approvals.ts";
import { Environment } from "@homeslice/protocol/servers.ts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { DefinitionDialog, DescriptionField, NameField } from "../forms/DefinitionDialog.tsx";
import { ChecksField, NumberField } from "../forms/fields.tsx";
import { type Form, useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { actionChoiceQuery } from "../starts/actionsQuery.ts";
import { type RuleDraft, ruleDraftOf, ruleOf } from "./ruleDraft.ts";

const shown = Object.keys(NewApprovalRule.shape);

/** Creates an approval rule, or changes one. */
export function RuleForm({ rule, onClose }: { rule?: ApprovalRule; onClose: () => void }) {
  const { approvals: texts } = useMessages();
  const form = useForm({
    initial: ruleDraftOf(rule),
    body: ruleOf,
    schema: NewApprovalRule,
    send: (body) =>
      rule
        ? api.call("updateApprovalRule", { params: { rule_id: rule.rule_id }, version: rule.version, body })
        : api.call("createApprovalRule", { body }),
    invalidates: [["approval-rules"]],
    onDone: onClose,
  });
  const { draft, set } = form;
  return (
    <DefinitionDialog held={rule} create={texts.createRule} form={form} shown={shown} onClose={onClose}>
      <NameField form={form} />
      <ConditionFields form={form} />
      <div className="form-row">
        <NumberField
          path="approvals"
          label={texts.people}
          hint={texts.peopleHint}
          value={draft.approvals}
          onChange={(approvals) => set({ approvals })}
        />
        <NumberField
          path="expires_after_seconds"
          label={texts.hours}
          hint={texts.hoursHint}
          value={draft.hours}
          onChange={(hours) => set({ hours })}
        />
      </div>
      <DescriptionField form={form} />
    </DefinitionDialog>
  );
}

/** For which executions it holds. */
function ConditionFields({ form: { draft, set } }: { form: Form<RuleDraft> }) {
  const { approvals: texts } = useMessages();
  const { data: actions = [] } = useQuery(actionChoiceQuery);
  const types = NewAction.shape.action_type.unwrap().options;
  return (
    <fieldset className="group">
      <legend>{texts.conditions}</legend>
      <p className="field-hint">{texts.conditionsHint}</p>
      <ChecksField
        path="environments"
        label={texts.environments}
        options={Environment.options.map((name) => [name, name] as const)}
        chosen={draft.environments}
        onChange={(environments) => set({ environments })}
      />
      <ChecksField
        path="action_types"
        label={texts.types}
        options={types.map((type) => [type, texts.typeNames[type]] as const)}
        chosen={draft.types}
        onChange={(chosen) => set({ types: chosen })}
      />
      {actions.length > 0 && (
        <ChecksField
          path="action_template_ids"
          label={texts.actions}
          options={actions.map(({ action_id, name }) => [action_id, name] as const)}
          chosen={draft.actions}
          onChange={(chosen) => set({ actions: chosen })}
        />
      )}
      <NumberField
        path="min_targets"
        label={texts.minTargets}
        value={draft.minTargets}
        onChange={(minTargets) => set({ minTargets })}
      />
    </fieldset>
  );
}
