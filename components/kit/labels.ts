import type { Colour } from "@homeslice/config";

/** What tells one workload's objects from all others: the service, the part of it, and the stack. */
export interface Identity {
  /** The service: `postgresql`. */
  readonly name: string;
  /** Which part of the service: `server`, `migrate`. */
  readonly part: string;
  /** The stack, under a name that labels accept. */
  readonly instance: string;
  /** Which of two versions that stand side by side; left out where there is one alone. */
  readonly colour?: Colour;
}

/** The part of a service that bears the service's own name. */
export const MAIN_PART = "server";

export type Labels = Readonly<Record<string, string>>;

/** The labels by which Services, policies and controllers find the pods; they never change. */
export function selectorLabels({ name, part, instance, colour }: Identity): Labels {
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/component": part,
    "app.kubernetes.io/instance": instance,
    ...(colour && { "homeslice.dev/colour": colour }),
  };
}

/** The labels that every object carries. */
export function standardLabels(identity: Identity): Labels {
  return {
    ...selectorLabels(identity),
    "app.kubernetes.io/part-of": "homeslice",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}
