import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { SelectField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";

/** Names of secrets to choose from: the first thousand. */
const secretChoiceQuery = queryOptions({
  queryKey: ["secrets", "choice"],
  queryFn: async () =>
    (await api.call("listSecrets", { query: { sort: "name", limit: 1_000 } })).items.map(({ name }) => name),
  staleTime: 30_000,
});

/** The names of the secrets that are kept; none until they are known. */
export function useSecretNames(): readonly string[] {
  return useQuery(secretChoiceQuery).data ?? [];
}

/** One of the secrets that are kept, by its name; one that is not there any more stays to be seen. */
export function SecretField(props: Omit<Parameters<typeof SelectField<string>>[0], "options">) {
  const { starts: texts } = useMessages();
  const { data: kept = [], isPending } = useQuery(secretChoiceQuery);
  const { value } = props;
  const gone = value === "" || kept.includes(value) ? [] : [[value, isPending ? value : texts.gone(value)] as const];
  const options = [...kept.map((name) => [name, name] as const), ...gone];
  return (
    <SelectField none={options.length === 0 ? texts.noSecrets : texts.chooseSecret} {...props} options={options} />
  );
}
