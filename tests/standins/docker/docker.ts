import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Provider } from "@homeslice/plugin/provider.ts";

/**
 * Refuses everything: images are built by a Docker engine, with the official plugin. Where no engine answers, it says
 * so as the official plugin would.
 */
export class DockerProvider implements Provider {
  readonly version = "5.2.0";

  async configure(): Promise<void> {}

  configReplaces(): readonly string[] {
    return [];
  }

  check(): Promise<never> {
    return refuse();
  }

  diff(): Promise<never> {
    return refuse();
  }

  create(): Promise<never> {
    return refuse();
  }

  read(): Promise<never> {
    return refuse();
  }

  update(): Promise<never> {
    return refuse();
  }

  delete(): Promise<never> {
    return refuse();
  }

  cancel(): void {}
}

async function refuse(): Promise<never> {
  const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  const answers = await promisify(execFile)("docker", ["version", "--format", "{{.Server.Version}}"]).then(
    () => true,
    () => false,
  );
  throw new Error(
    answers
      ? "the stand-in builds no images: install the official docker plugin with `pulumi plugin install resource docker`"
      : `Error pinging Docker server: Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`,
  );
}
