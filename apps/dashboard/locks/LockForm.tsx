import { LockType, NewLock } from "@homeslice/protocol/locks.ts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { serversQuery } from "../api/queries.ts";
import { FormDialog } from "../forms/FormDialog.tsx";
import { NumberField, SelectField, TextField } from "../forms/fields.tsx";
import { wholeNumber } from "../forms/number.ts";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";

interface LockDraft {
  readonly server: string;
  readonly type: LockType;
  readonly reason: string;
  readonly minutes: string;
}

const initial: LockDraft = { server: "", type: "maintenance", reason: "", minutes: "60" };

/** Takes a lock of a server. */
export function LockForm({ onClose }: { onClose: () => void }) {
  const { locks: texts } = useMessages();
  const { data: servers = [] } = useQuery(serversQuery);
  const form = useForm({
    initial,
    body: ({ server, type, reason, minutes }) => {
      const length = wholeNumber(minutes);
      const server_id = servers.find(({ hostname }) => hostname === server.trim())?.server_id ?? "";
      const ttl_seconds = typeof length === "number" ? length * 60 : length;
      return { server_id, lock_type: type, reason: reason.trim(), ttl_seconds };
    },
    schema: NewLock,
    send: (body) => api.call("acquireLock", { body }),
    invalidates: [["locks"], ["servers"]],
    onDone: onClose,
  });
  const { draft, set } = form;
  return (
    <FormDialog
      title={texts.take}
      action={texts.take}
      form={form}
      shown={["server_id", "lock_type", "reason", "ttl_seconds"]}
      onClose={onClose}
    >
      <TextField
        path="server_id"
        label={texts.server}
        hint={texts.serverHint}
        proposals={servers.slice(0, 200).map(({ hostname }) => hostname)}
        value={draft.server}
        onChange={(server) => set({ server })}
      />
      <SelectField
        path="lock_type"
        label={texts.type}
        hint={texts.typeHints[draft.type]}
        value={draft.type}
        options={LockType.options.map((type) => [type, texts.types[type]] as const)}
        onChange={(type) => set({ type })}
      />
      <TextField
        path="reason"
        label={texts.reason}
        hint={texts.reasonHint}
        value={draft.reason}
        onChange={(reason) => set({ reason })}
      />
      <NumberField
        path="ttl_seconds"
        label={texts.minutes}
        hint={texts.minutesHint}
        value={draft.minutes}
        onChange={(minutes) => set({ minutes })}
      />
    </FormDialog>
  );
}
