import { LEAST_SCORE, violations } from "@homeslice/policies";
import { kubesecScore } from "@homeslice/policies/kubesec.ts";
import { KubernetesObject, nameOf, workloadOf } from "@homeslice/policies/objects.ts";
import { describe, expect, it } from "vitest";

const object = (kind: string, name: string, rest: object = {}) =>
  KubernetesObject.parse({ apiVersion: "v1", kind, metadata: { name, namespace: "home" }, ...rest });

const strictContainer = {
  name: "server",
  image: "registry.example.org/app:1",
  resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "1", memory: "64Mi" } },
  securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
};
const strictPod = {
  serviceAccountName: "app",
  automountServiceAccountToken: false,
  hostUsers: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10_001,
    runAsGroup: 10_001,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [strictContainer],
};
const deployment = (pod: object = {}, container: object = {}) =>
  object("Deployment", "app", {
    spec: { template: { spec: { ...strictPod, containers: [{ ...strictContainer, ...container }], ...pod } } },
  });
const scoreOf = (given: KubernetesObject) => {
  const workload = workloadOf(given);
  if (!workload) throw new Error("it makes no pods");
  return kubesecScore(workload).score;
};
const policiesAgainst = (...objects: KubernetesObject[]) => violations(objects).map(({ policy }) => policy);

describe("the score of kubesec", () => {
  it("is what its rules are worth", () => {
    expect(scoreOf(deployment())).toBe(LEAST_SCORE);
    expect(scoreOf(deployment({ hostUsers: true }))).toBe(15);
    expect(scoreOf(deployment({ serviceAccountName: "default" }))).toBe(13);
    expect(scoreOf(deployment({ hostNetwork: true }))).toBe(7);
    expect(scoreOf(deployment({ volumes: [{ name: "x", hostPath: { path: "/run/docker.sock" } }] }))).toBe(7);
    expect(scoreOf(deployment({}, { securityContext: { privileged: true } }))).toBe(-17);
    const secret = { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "app", key: "password" } } };
    expect(scoreOf(deployment({}, { env: [secret] }))).toBe(11);
  });

  it("takes the worst of all containers, those that come before the others included", () => {
    const lax = { ...strictContainer, name: "first", resources: { requests: {}, limits: {} } };
    expect(scoreOf(deployment({ initContainers: [lax] }))).toBe(12);
  });

  it("counts what the pods of a schedule are like", () => {
    const { spec } = deployment();
    expect(scoreOf(object("CronJob", "app", { spec: { jobTemplate: { spec } } }))).toBe(LEAST_SCORE);
  });
});

describe("the policies", () => {
  it("let a strict workload pass", () => {
    expect(policiesAgainst(deployment(), object("Service", "app", { spec: {} }))).toEqual([]);
  });

  it("refuse tokens, secrets in the environment and the users of the node", () => {
    const token = { name: "t", projected: { sources: [{ serviceAccountToken: {} }] } };
    expect(policiesAgainst(deployment({ volumes: [token] }))).toEqual(["no-api-token"]);
    const secret = { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "app", key: "password" } } };
    expect(policiesAgainst(deployment({}, { env: [secret] }))).toEqual(["no-secret-in-environment", "kubesec-score"]);
    expect(policiesAgainst(deployment({ hostUsers: true }))).toEqual(["own-users", "kubesec-score"]);
  });

  it("refuse rights to everything, to Secrets, and those that somebody else describes", () => {
    const role = (rules: object) => object("Role", "app", { rules: [rules] });
    const subjects = [{ kind: "ServiceAccount", name: "app" }];
    const binding = (kind: string, name: string) =>
      object("RoleBinding", "app", { subjects, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name } });
    const pods = { apiGroups: [""], resources: ["pods"], verbs: ["list"] };
    expect(policiesAgainst(role(pods), binding("Role", "app"))).toEqual([]);
    expect(policiesAgainst(role({ ...pods, verbs: ["*"] }))).toEqual(["no-wildcard"]);
    expect(policiesAgainst(role({ ...pods, resources: ["secrets"] }), binding("Role", "app"))).toEqual([
      "no-secret-readers",
    ]);
    expect(policiesAgainst(binding("ClusterRole", "cluster-admin"))).toEqual(["no-foreign-role"]);
  });

  it("refuse ports of nodes, and routes that lead past the login", () => {
    expect(policiesAgainst(object("Service", "app", { spec: { type: "NodePort" } }))).toEqual(["no-node-port"]);
    const annotation = "traefik.ingress.kubernetes.io/router.middlewares";
    const route = (middlewares: string) =>
      object("Ingress", "app", { metadata: { name: "app", annotations: { [annotation]: middlewares } } });
    expect(policiesAgainst(route("login-limit@file,sign-on@file"))).toEqual([]);
    expect(policiesAgainst(route("not-a-sign-on@file"))).toEqual(["guarded-routes"]);
  });

  it("call an object by its name without what follows from its content", () => {
    expect(nameOf(object("Job", "postgresql-grafana-0a1b2c3d"))).toBe("Job/postgresql-grafana");
  });
});
