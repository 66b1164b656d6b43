import { foreignRoles, secretReaders, wildcards } from "./access.ts";
import { nodePorts, unguardedRoutes } from "./exposure.ts";
import { kubesecScore, readsSecret } from "./kubesec.ts";
import { type KubernetesObject, nameOf, type Workload, workloadOf } from "./objects.ts";

/** What is wrong with one object. */
export interface Violation {
  /** Name of the policy: `no-node-port`. */
  readonly policy: string;
  /** Kind and name without what depends on content: `Deployment/grafana`. */
  readonly object: string;
  readonly message: string;
}

type Policy = (object: KubernetesObject, all: readonly KubernetesObject[]) => string[];

/** The least score of kubesec that a workload may have. */
export const LEAST_SCORE = 16;

const ofPods = (check: (workload: Workload) => string[]): Policy => {
  return (object) => {
    const workload = workloadOf(object);
    return workload ? check(workload) : [];
  };
};

/** What has to hold for every object: each is a pure function of the object and those beside it. */
const policies: Readonly<Record<string, Policy>> = {
  "no-secret-in-environment": ofPods(({ containers }) =>
    containers.flatMap(({ name, env }) => env.filter(readsSecret).map((variable) => `${name} has ${variable.name}`)),
  ),
  "no-api-token": ofPods(({ spec }) => {
    const projected = spec.volumes.some(({ projected }) =>
      projected?.sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined),
    );
    return projected || spec.automountServiceAccountToken !== false ? ["gets a token for the Kubernetes API"] : [];
  }),
  "own-users": ofPods(({ spec }) => (spec.hostUsers === false ? [] : ["shares the users of its node"])),
  "kubesec-score": ofPods((workload) => {
    const { score, lost } = kubesecScore(workload);
    return score >= LEAST_SCORE ? [] : [`has ${score} of ${LEAST_SCORE} points: ${lost.join(", ")}`];
  }),
  "no-wildcard": wildcards,
  "no-foreign-role": foreignRoles,
  "no-secret-readers": secretReaders,
  "no-node-port": nodePorts,
  "guarded-routes": unguardedRoutes,
};

/** All that the policies find among the objects of a stack. */
export function violations(objects: readonly KubernetesObject[]): Violation[] {
  return Object.entries(policies).flatMap(([policy, check]) =>
    objects.flatMap((object) => check(object, objects).map((message) => ({ policy, object: nameOf(object), message }))),
  );
}
