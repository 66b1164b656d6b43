import { type Hook, NewHook } from "@homeslice/protocol/hooks.ts";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { showInLists } from "../api/optimistic.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";

/** Turns a hook off at once, or on again; its secret stays. */
export function SwitchButton({ hook }: { hook: Hook }) {
  const { hooks: texts } = useMessages();
  const queryClient = useQueryClient();
  const { hook_id, version, name, enabled } = hook;
  const change = useChange({
    run: (changed: Hook) =>
      api.call("updateHook", { params: { hook_id }, version, body: NewHook.strip().parse(changed) }),
    optimistic: (changed) => showInLists(queryClient, ["hooks"], changed, (one) => one.hook_id),
    invalidates: [["hooks"], ["hook", hook_id]],
    says: (_answer, changed) => (changed.enabled ? texts.nowOn(name) : texts.nowOff(name)),
  });
  return (
    <Button
      kind={enabled ? "danger" : "plain"}
      aria-label={enabled ? texts.turnOffOf(name) : texts.turnOnOf(name)}
      busy={change.busy}
      onClick={() => change.start({ ...hook, enabled: !enabled })}
    >
      {enabled ? texts.turnOff : texts.turnOn}
    </Button>
  );
}
