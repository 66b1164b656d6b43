import type { PolicyBinding } from "@goauthentik/api";
import type { Authentik } from "./authentik.ts";
import { allPages } from "./pages.ts";

/** What may be bound to an object: groups whose members it is open to, or policies that decide. */
type Bound = "group" | "policy";

/** What of a kind is bound to an object. */
export async function boundTo(authentik: Authentik, target: string, kind: Bound): Promise<string[]> {
  return (await bindingsOf(authentik, target, kind)).map(({ id }) => id);
}

/** Binds what is wanted of a kind to an object and nothing else of that kind; what others have bound besides stays. */
export async function bind(authentik: Authentik, target: string, kind: Bound, wanted: readonly string[]) {
  const present = await bindingsOf(authentik, target, kind);
  const usual = { order: 0, enabled: true, negate: false, timeout: 30, failureResult: false };
  for (const id of wanted.filter((id) => !present.some((binding) => binding.id === id))) {
    await authentik.policies.policiesBindingsCreate({ policyBindingRequest: { target, [kind]: id, ...usual } });
  }
  for (const { pk, id } of present) {
    if (!wanted.includes(id)) await authentik.policies.policiesBindingsDestroy({ policyBindingUuid: pk });
  }
}

type IdentifiedBinding = PolicyBinding & { readonly id: string };

async function bindingsOf({ policies }: Authentik, target: string, kind: Bound): Promise<IdentifiedBinding[]> {
  const bindings = await allPages((page) => policies.policiesBindingsList({ target, ...page }));
  return bindings.flatMap((binding) => {
    const id = binding[kind];
    return id ? [{ ...binding, id }] : [];
  });
}
