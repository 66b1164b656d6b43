import {
  type LimitsOverview,
  NewTenantLimits,
  NewTotalLimits,
  type TenantLimits,
  type TotalLimits,
} from "@homeslice/protocol/limits.ts";
import { useState } from "react";
import type { z } from "zod";
import { api } from "../api/client.ts";
import { FormDialog } from "../forms/FormDialog.tsx";
import { NumberField } from "../forms/fields.tsx";
import { wholeNumber } from "../forms/number.ts";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { limitsQuery } from "./queries.ts";

/** Buttons that change how much work there may be: of the tenant, and of all of them together. */
export function LimitButtons({ limits: { tenant, total } }: { limits: z.infer<typeof LimitsOverview> }) {
  const { platform: texts } = useMessages();
  const [open, setOpen] = useState<"tenant" | "total">();
  const close = () => setOpen(undefined);
  return (
    <div className="actions">
      <Button onClick={() => setOpen("tenant")}>{texts.limit}</Button>
      {total && <Button onClick={() => setOpen("total")}>{texts.limitAll}</Button>}
      {open === "tenant" && <TenantForm limits={tenant} onClose={close} />}
      {open === "total" && total && <TotalForm limits={total} onClose={close} />}
    </div>
  );
}

function TenantForm({ limits, onClose }: { limits: TenantLimits; onClose: () => void }) {
  const { platform: texts, forms } = useMessages();
  const { tenant, version } = limits;
  const form = useForm({
    initial: { running: textOf(limits.max_running), queued: textOf(limits.max_queued) },
    body: ({ running, queued }) => ({ max_running: limitOf(running), max_queued: limitOf(queued) }),
    schema: NewTenantLimits,
    send: (body) => api.call("setTenantLimits", { params: { tenant }, version, body }),
    invalidates: [limitsQuery.queryKey],
    onDone: onClose,
  });
  const { draft, set } = form;
  return (
    <FormDialog
      title={texts.limit}
      action={forms.save}
      form={form}
      shown={["max_running", "max_queued"]}
      onClose={onClose}
    >
      <RunningField value={draft.running} onChange={(running) => set({ running })} />
      <NumberField
        path="max_queued"
        label={texts.mostQueued}
        hint={texts.mostQueuedHint}
        optional
        value={draft.queued}
        onChange={(queued) => set({ queued })}
      />
    </FormDialog>
  );
}

function TotalForm({ limits: { max_running, version }, onClose }: { limits: TotalLimits; onClose: () => void }) {
  const { platform: texts, forms } = useMessages();
  const form = useForm({
    initial: { running: textOf(max_running) },
    body: ({ running }) => ({ max_running: limitOf(running) }),
    schema: NewTotalLimits,
    send: (body) => api.call("setTotalLimits", { version, body }),
    invalidates: [limitsQuery.queryKey],
    onDone: onClose,
  });
  return (
    <FormDialog title={texts.limitAll} action={forms.save} form={form} shown={["max_running"]} onClose={onClose}>
      <RunningField value={form.draft.running} onChange={(running) => form.set({ running })} />
    </FormDialog>
  );
}

function RunningField(field: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { platform: texts } = useMessages();
  return <NumberField path="max_running" label={texts.mostRunning} hint={texts.mostRunningHint} optional {...field} />;
}

function textOf(limit: number | null): string {
  return limit === null ? "" : String(limit);
}

/** Nothing is no limit. */
function limitOf(text: string): number | string | null {
  return text.trim() === "" ? null : wholeNumber(text);
}
