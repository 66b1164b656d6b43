import type { QueryKey } from "@tanstack/react-query";
import { type FormEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { z } from "zod";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useComplaints } from "./complaint.ts";
import { type Faults, faultsOf, schemaFaults } from "./faults.ts";

interface FormOptions<Draft, Body, Result> {
  /** What the fields show at first. */
  readonly initial: Draft;
  /** What the fields say, as it is sent. */
  readonly body: (draft: Draft) => unknown;
  /** What the API takes: faults that it would find are shown without asking it. */
  readonly schema: z.ZodType<Body>;
  readonly send: (body: Body) => Promise<Result>;
  /** Queries whose answers are stale once it was taken. */
  readonly invalidates: readonly QueryKey[];
  readonly onDone: (result: Result) => void;
}

/** A form while it is filled in. */
export interface Form<Draft> {
  readonly draft: Draft;
  readonly set: (part: Partial<Draft>) => void;
  /** What is wrong, by its place in the body. */
  readonly faults: Faults;
  /** Why the API refused, as a whole. */
  readonly error: Error | null;
  readonly busy: boolean;
  readonly submit: (event: FormEvent) => void;
  readonly element: RefObject<HTMLFormElement | null>;
}

/** Holds what is filled in, checks it as the API will, sends it, and puts every fault at its field. */
export function useForm<Draft, Body, Result>(options: FormOptions<Draft, Body, Result>): Form<Draft> {
  const { initial, body, schema, send, invalidates, onDone } = options;
  const { forms } = useMessages();
  const [draft, setDraft] = useState(initial);
  const [refusals, setRefusals] = useState(0);
  const element = useRef<HTMLFormElement>(null);
  const checked = schema.safeParse(body(draft), useComplaints());
  const save = useChange({ run: send, invalidates, says: () => forms.saved, onDone });
  useEffect(() => {
    // The first field that needs another value is where one goes on.
    if (refusals > 0 || save.error) element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refusals, save.error]);
  const own = refusals > 0 && !checked.success ? schemaFaults(checked.error) : {};
  return {
    draft,
    set: (part) => {
      setDraft((before) => ({ ...before, ...part }));
      if (save.error) save.reset();
    },
    faults: { ...faultsOf(save.error), ...own },
    error: save.error,
    busy: save.busy,
    submit: (event) => {
      event.preventDefault();
      if (checked.success) save.start(checked.data);
      else setRefusals((count) => count + 1);
    },
    element,
  };
}
