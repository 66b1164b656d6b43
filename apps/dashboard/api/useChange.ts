import { ClientError } from "@homeslice/protocol/client.ts";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { useToast } from "../ui/toasts.tsx";
import { problemOf } from "./client.ts";

interface ChangeOptions<Input, Output> {
  readonly run: (input: Input) => Promise<Output>;
  /** Queries whose answers the change makes stale. */
  readonly invalidates?: readonly QueryKey[];
  /** Shows the change before it is made. @returns takes it back, when it is refused */
  readonly optimistic?: (input: Input) => () => void;
  /** Whether a refusal is told over the page, where there is no other place for it; so it is when a change is taken back. */
  readonly tellsRefusal?: boolean;
  /** What is said when it has been made. */
  readonly says?: (output: Output, input: Input) => string;
  readonly onDone?: (output: Output, input: Input) => void;
}

/** A change that somebody makes through the API: once at a time, and never while offline. */
export interface Change<Input> {
  readonly start: (input: Input) => void;
  readonly busy: boolean;
  readonly error: Error | null;
  /** What is wrong with a field of the request: `name`, `parameters.path.type`. */
  readonly faultAt: (field: string) => string | undefined;
  readonly reset: () => void;
}

export function useChange<Input = void, Output = unknown>(options: ChangeOptions<Input, Output>): Change<Input> {
  const { run, invalidates = [], optimistic, tellsRefusal = optimistic !== undefined, says, onDone } = options;
  const { ui } = useMessages();
  const queryClient = useQueryClient();
  const toast = useToast();
  const mutation = useMutation({
    mutationFn: (input: Input) => {
      if (!navigator.onLine) throw offline(ui.offline, ui.offlineFix);
      return run(input);
    },
    onMutate: (input) => optimistic?.(input),
    onError: (error, _input, takeBack) => {
      takeBack?.();
      if (tellsRefusal) toast([error.message, problemOf(error).fix].filter(Boolean).join(" "), "failed");
    },
    onSuccess: (output, input) => {
      if (says) toast(says(output, input));
      onDone?.(output, input);
    },
    onSettled: () => Promise.all(invalidates.map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  });
  return {
    start: (input) => {
      if (!mutation.isPending) mutation.mutate(input);
    },
    busy: mutation.isPending,
    error: mutation.error,
    faultAt: (field) => problemOf(mutation.error).errors?.find(({ path }) => path === `body.${field}`)?.message,
    reset: mutation.reset,
  };
}

function offline(detail: string, fix: string): ClientError {
  return new ClientError({ type: "about:blank", title: "offline", status: 0, code: "offline", detail, fix });
}
