import { join } from "node:path";
import type { Config, ImageName } from "@homeslice/config";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { importIntoK3d } from "./cluster.ts";

/** Absolute, because the engine may run in another directory. */
const checkout = join(import.meta.dirname, "..", "..");

/** Where a published image comes from: its own registry, or the mirror in its place. */
function mirroredBy({ images: { registry } }: Config, reference: string): string {
  if (!registry) return reference;
  const [first = "", ...path] = reference.split("/");
  // Without a dot or a port, the first part is no host: the image is one of Docker Hub.
  const hosted = /[.:]/.test(first) || first === "localhost";
  return [registry, ...(hosted ? [] : [first]), ...path].join("/");
}

/** The reference of an image of the platform as it is pulled. */
export function publishedImage(config: Config, name: ImageName): string {
  return mirroredBy(config, config.images.references[name]);
}

/** The images that this repository holds the sources of. */
const ownImages = ["orchestrator", "agent"] as const;
type OwnImage = (typeof ownImages)[number];

/** Where each image comes from: the one table of the configuration, or a build of this checkout. */
export class Images {
  readonly #config: Config;
  readonly #options: pulumi.CustomResourceOptions;
  readonly #built = new Map<OwnImage, pulumi.Output<string>>();

  /** @param options parent of the images that are built, and what has to stand before: the cluster that gets them */
  constructor(config: Config, options: pulumi.CustomResourceOptions) {
    this.#config = config;
    this.#options = options;
  }

  /** The reference that pods name; an image to be built is built once, however many workloads run it. */
  reference(name: ImageName): pulumi.Output<string> {
    const own = ownImages.find((candidate) => candidate === name);
    if (!own || !this.#config.images.build) return pulumi.output(publishedImage(this.#config, name));
    const image = this.#built.get(own) ?? this.#build(own, this.#config.images.build);
    this.#built.set(own, image);
    return image;
  }

  /** Where a published image comes from: its own registry, or the mirror in its place. */
  mirrored(reference: string): string {
    return mirroredBy(this.#config, reference);
  }

  #build(name: OwnImage, build: NonNullable<Config["images"]["build"]>): pulumi.Output<string> {
    const image = new docker.Image(
      `environment-${name}-image`,
      {
        imageName: `${build.repository}/${name}:local`,
        build: { context: checkout, dockerfile: join(checkout, "apps", name, "Dockerfile"), platform: build.platform },
        skipPush: !build.push,
      },
      this.#options,
    );
    if (build.push) return image.repoDigest;
    const { k3d } = this.#config.cluster;
    return k3d ? importIntoK3d(`environment-${name}-import`, image.imageName, k3d, this.#options) : image.imageName;
  }
}
