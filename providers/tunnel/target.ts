/** Which cluster, in the words of Kubernetes' own tools. */
export interface ClusterChoice {
  /** Text of a kubeconfig, or the path of one. @default those in KUBECONFIG, ~/.kube/config, the cluster around this process */
  readonly kubeconfig?: string | undefined;
  /** @default its current one */
  readonly context?: string | undefined;
}

/** What of a cluster a tunnel leads to: any ready pod behind a Service, or with certain labels. */
export type Target = { readonly namespace: string } & (
  | {
      readonly service: string;
      /** Number or name of a port of the Service. */
      readonly port: number | string;
    }
  | {
      /** Labels of the pods. */
      readonly selector: Readonly<Record<string, string>>;
      /** Number of a port of the pods' containers. */
      readonly port: number;
    }
);

/** The target as messages name it. */
export function nameOf(target: Target): string {
  return `${"service" in target ? `Service ${target.service}` : `pods ${labelSelector(target.selector)}`} in ${target.namespace}, port ${target.port}`;
}

/** As the API takes them. */
export function labelSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
