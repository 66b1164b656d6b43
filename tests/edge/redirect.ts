import { z } from "zod";
import type { KubeClient } from "../testbed/client.ts";

const Rule = z.looseObject({
  http: z.looseObject({
    paths: z.array(
      z.looseObject({
        backend: z.looseObject({ service: z.looseObject({ name: z.string(), port: z.looseObject({}) }) }),
      }),
    ),
  }),
});
const Ingresses = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), spec: z.looseObject({ rules: z.array(Rule) }) })),
});

/** Leads the routes of a deployed edge to ports of this machine, by the names of their backends; all else stays. */
export async function leadTo(
  kube: KubeClient,
  namespace: string,
  ports: Readonly<Record<string, number>>,
): Promise<void> {
  const patch = (path: string, body: object) =>
    kube.request("PATCH", path, { contentType: "application/merge-patch+json", body });
  for (const [name, port] of Object.entries(ports)) {
    const spec = { externalName: "127.0.0.1", ports: [{ name: "http", port, protocol: "TCP" }] };
    await patch(`/api/v1/namespaces/${namespace}/services/${name}`, { spec });
  }
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
  for (const { metadata, spec } of Ingresses.parse((await kube.get(path)).body).items) {
    const backends = spec.rules.flatMap(({ http }) => http.paths.map(({ backend }) => backend.service));
    const moved = backends.filter(({ name }) => name in ports);
    for (const service of moved) service.port = { number: ports[service.name] };
    if (moved.length > 0) await patch(`${path}/${metadata.name}`, { spec: { rules: spec.rules } });
  }
}
