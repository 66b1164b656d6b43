import type * as kubernetes from "@pulumi/kubernetes";
import { Component, daemonSet, type Environment, http, nodeDirectory, type Transform } from "../kit/index.ts";

export interface NodeExporterArgs {
  readonly transform?: { readonly daemonSet?: Transform<kubernetes.apps.v1.DaemonSetArgs> };
}

const PORT = 9100;
const HOST = "/host";
/** Mounted for single pods or made by the kernel: nothing that could fill up. */
const IGNORED_FILESYSTEMS =
  "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|erofs|fuse.*|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs)$";

/**
 * Measures every node: processors, memory, disks with the volumes mounted on them, network. It reads the node's file
 * system, which takes a namespace of its own; in everything else it is restricted like the other services.
 */
export class NodeExporter extends Component {
  constructor(name: string, args: NodeExporterArgs, environment: Environment) {
    super("NodeExporter", name, environment, environment.namespace(name, "privileged"));
    daemonSet(this, {
      container: {
        image: environment.image("node-exporter"),
        args: [
          `--path.rootfs=${HOST}`,
          `--path.procfs=${HOST}/proc`,
          `--path.sysfs=${HOST}/sys`,
          `--collector.filesystem.fs-types-exclude=${IGNORED_FILESYSTEMS}`,
          "--no-collector.wifi",
        ],
        ports: { http: PORT },
        mounts: [nodeDirectory("host", "/", HOST, "read")],
        health: { ready: http("http", "/"), live: http("http", "/") },
        resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "250m", memory: "96Mi" } },
      },
      transform: args.transform?.daemonSet,
    });
    this.registerOutputs({});
  }
}
