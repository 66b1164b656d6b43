import type { Registered } from "../components/deploy.ts";
import { metadataOf, policiesOf, workloadsOf } from "../components/rendered.ts";

type Policy = ReturnType<typeof policiesOf>[number];
type Labels = Readonly<Record<string, string>>;

/** Pods that are alike, or everything outside the cluster. */
interface Party {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly number[];
}

interface Rule {
  readonly peers: Policy["spec"]["egress"][number]["to"];
  readonly ports: readonly { readonly port: number }[];
}

/** What CloudNativePG makes of a Cluster, and the operator itself in the namespace of its manifest, which refuses nothing. */
function operated(resources: readonly Registered[]): Party[] {
  return resources
    .filter(({ type }) => type === "kubernetes:postgresql.cnpg.io/v1:Cluster")
    .flatMap((resource) => {
      const { name, namespace = "" } = metadataOf(resource);
      const instance = { namespace, labels: { "cnpg.io/cluster": name }, ports: [5432, 8000, 9187] };
      const labels = { "app.kubernetes.io/name": "cloudnative-pg" };
      return [
        { name: `${name}/server`, ...instance },
        { name: `${name}/standby`, ...instance },
        { name: "operator", namespace: "cnpg-system", labels, ports: [] },
      ];
    });
}

const OUTSIDE: Party = { name: "outside", namespace: "", labels: {}, ports: [] };

/**
 * Every pair of parties of which one reaches a port of the other, by the rules of Kubernetes: what a policy selects may do
 * what some policy allows, at both ends. A rule for addresses counts for pods as well, which is the worst that a network may do.
 */
export function reachability(resources: readonly Registered[]): string[] {
  const policies = policiesOf(resources);
  const pods = workloadsOf(resources).map(({ namespace, podLabels, pod }): Party => {
    const ports = pod.containers.flatMap((container) => container.ports.map(({ containerPort }) => containerPort));
    const name = `${podLabels["app.kubernetes.io/name"]}/${podLabels["app.kubernetes.io/component"]}`;
    return { name, namespace, labels: podLabels, ports };
  });
  const named = policies.flatMap(({ spec }) => [...spec.egress, ...spec.ingress].flatMap(({ ports }) => ports));
  const ports = [...new Set([...pods.flatMap((pod) => pod.ports), ...named.map(({ port }) => port)])];
  const parties = [...pods, ...operated(resources), OUTSIDE];
  const reached = (from: Party, to: Party) =>
    ports
      .filter((port) => to === OUTSIDE || to.ports.includes(port))
      .filter((port) => passes(policies, from, to, port));
  const pairs = parties.flatMap((from) => parties.filter((to) => to !== from).map((to) => [from, to] as const));
  return pairs.flatMap(([from, to]) => reached(from, to).map((port) => `${from.name} → ${to.name}:${port}`)).toSorted();
}

function passes(policies: readonly Policy[], from: Party, to: Party, port: number): boolean {
  const leaving = policies.flatMap(({ metadata, spec }) =>
    selects({ metadata, spec }, from, "Egress") ? [spec.egress.map(({ to: peers, ports }) => ({ peers, ports }))] : [],
  );
  const entering = policies.flatMap(({ metadata, spec }) =>
    selects({ metadata, spec }, to, "Ingress")
      ? [spec.ingress.map(({ from: peers, ports }) => ({ peers, ports }))]
      : [],
  );
  return allowed(leaving, to, port) && allowed(entering, from, port);
}

function selects({ metadata, spec }: Policy, party: Party, type: string): boolean {
  const here = metadata.namespace === party.namespace && spec.policyTypes.includes(type);
  return here && matches(spec.podSelector.matchLabels ?? {}, party.labels);
}

/** Where no policy selects a party, all is allowed; else what any of them allows. */
function allowed(policies: readonly (readonly Rule[])[], other: Party, port: number): boolean {
  if (policies.length === 0) return true;
  return policies.flat().some(({ peers, ports }) => {
    return ports.some((each) => each.port === port) && peers.some((peer) => isAmong(peer, other));
  });
}

function isAmong(peer: Rule["peers"][number], party: Party): boolean {
  if ("ipBlock" in peer) return true;
  const namespace = peer.namespaceSelector.matchLabels["kubernetes.io/metadata.name"];
  return namespace === party.namespace && matches(peer.podSelector.matchLabels, party.labels);
}

function matches(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
