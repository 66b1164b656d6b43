import type { Account } from "@homeslice/protocol/accounts.ts";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { showInLists } from "../api/optimistic.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";

/** Keeps somebody out, or lets them in again. */
export function DisableButton({ account }: { account: Account }) {
  const { accounts: texts } = useMessages();
  const queryClient = useQueryClient();
  const { account_id, version, username, disabled } = account;
  const change = useChange({
    run: (changed: Account) =>
      api.call("changeAccount", { params: { account_id }, version, body: { disabled: changed.disabled } }),
    optimistic: (changed) => showInLists(queryClient, ["accounts"], changed, (one) => one.account_id),
    invalidates: [["accounts"]],
    says: (_answer, changed) => (changed.disabled ? texts.nowDisabled(username) : texts.nowEnabled(username)),
  });
  return (
    <Button
      aria-label={disabled ? texts.enableOf(username) : texts.disableOf(username)}
      busy={change.busy}
      onClick={() => change.start({ ...account, disabled: !disabled })}
    >
      {disabled ? texts.enable : texts.disable}
    </Button>
  );
}
