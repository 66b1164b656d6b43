import { z } from "zod";
import { NewAction } from "../actions.ts";
import { NewApprovalRule } from "../approvals.ts";
import { everything } from "../client.ts";
import { NewNotificationRule } from "../notifications.ts";
import { channel } from "./channel.ts";
import { hook } from "./hook.ts";
import { kindOf } from "./kind.ts";
import { reportSchedule } from "./reportSchedule.ts";
import { roleBinding } from "./roleBinding.ts";
import { schedule } from "./schedule.ts";
import { secret } from "./secret.ts";
import { workflow } from "./workflow.ts";

const Names = z.array(z.string().min(1)).max(100);

const { name: _action, ...actionShape } = NewAction.shape;
const { name: _approval, action_template_ids: _ids, ...approvalShape } = NewApprovalRule.shape;
const { name: _notification, channel_ids: _channels, ...notificationShape } = NewNotificationRule.shape;

const action = kindOf({
  schema: z.strictObject(actionShape),
  references: () => [],
  list: async ({ client }) =>
    (await everything((query) => client.call("listActions", { query }))).map(
      ({ action_id, name, version, metadata: _, ...spec }) => ({
        ...{ id: action_id, name, version },
        spec,
      }),
    ),
  create: async ({ client }, body) => (await client.call("createAction", { body })).action_id,
  update: async ({ client }, { id, version }, body) => {
    await client.call("updateAction", { params: { action_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteAction", { params: { action_id: id }, version });
  },
});

const approvalRule = kindOf({
  schema: z.strictObject({ ...approvalShape, actions: Names.default([]) }),
  references: ({ actions }) => actions.map((name) => ({ kind: "Action", name })),
  list: async ({ client, names }) =>
    (await everything((query) => client.call("listApprovalRules", { query }))).map(
      ({ rule_id, name, version, metadata: _, action_template_ids, ...spec }) => ({
        ...{ id: rule_id, name, version },
        spec: { ...spec, actions: action_template_ids.map((id) => names.nameOf("Action", id)) },
      }),
    ),
  create: async ({ client, names }, { actions, ...rule }) => {
    const action_template_ids = actions.map((name) => names.idOf("Action", name));
    return (await client.call("createApprovalRule", { body: { ...rule, action_template_ids } })).rule_id;
  },
  update: async ({ client, names }, { id, version }, { actions, ...rule }) => {
    const body = { ...rule, action_template_ids: actions.map((name) => names.idOf("Action", name)) };
    await client.call("updateApprovalRule", { params: { rule_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteApprovalRule", { params: { rule_id: id }, version });
  },
});

const notificationRule = kindOf({
  schema: z.strictObject({ ...notificationShape, channels: Names.min(1) }),
  references: ({ channels }) => channels.map((name) => ({ kind: "Channel", name })),
  list: async ({ client, names }) =>
    (await everything((query) => client.call("listNotificationRules", { query }))).map(
      ({ rule_id, name, version, metadata: _, channel_ids, ...spec }) => ({
        ...{ id: rule_id, name, version },
        spec: { ...spec, channels: channel_ids.map((id) => names.nameOf("Channel", id)) },
      }),
    ),
  create: async ({ client, names }, { channels, ...rule }) => {
    const channel_ids = channels.map((name) => names.idOf("Channel", name));
    return (await client.call("createNotificationRule", { body: { ...rule, channel_ids } })).rule_id;
  },
  update: async ({ client, names }, { id, version }, { channels, ...rule }) => {
    const body = { ...rule, channel_ids: channels.map((name) => names.idOf("Channel", name)) };
    await client.call("updateNotificationRule", { params: { rule_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteNotificationRule", { params: { rule_id: id }, version });
  },
});

/** What files can define, in the order in which it is made: none names one that comes later. */
export const kinds = {
  Secret: secret,
  Channel: channel,
  Action: action,
  ApprovalRule: approvalRule,
  NotificationRule: notificationRule,
  Workflow: workflow,
  Schedule: schedule,
  Hook: hook,
  ReportSchedule: reportSchedule,
  RoleBinding: roleBinding,
} as const;
export type KindName = keyof typeof kinds;

const isKindName = (name: string): name is KindName => Object.hasOwn(kinds, name);
export const kindNames: readonly KindName[] = Object.keys(kinds).filter(isKindName);
