import type { Config, EnvironmentName } from "@homeslice/config";
import type { Output } from "@pulumi/pulumi";

/** What a deployed stack tells its operator. */
export interface PlatformOutputs {
  readonly environment: EnvironmentName;
  readonly namespaces: { readonly platform: Output<string>; readonly agents: Output<string> };
  readonly orchestrator: {
    /** Address inside the cluster: http://host:port. */
    readonly address: Output<string>;
    /** Address for people, under the domain. */
    readonly publicUrl: string;
  };
}

/** The whole platform of one environment; dev and prod differ by nothing but their configuration. */
export function platform(config: Config): PlatformOutputs {
  throw new Error(`${config.stack} is not composed yet`);
}
