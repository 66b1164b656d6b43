import { publishedImage } from "@homeslice/components/kit/images.ts";
import { type Colour, type Config, UserError } from "@homeslice/config";

type Release = NonNullable<Config["orchestrator"]["release"]>;

/** What a release is asked to do: another image, another tag of the one that serves, or back to the one before. */
export interface ReleaseRequest {
  readonly image?: string | undefined;
  readonly version?: string | undefined;
  readonly rollback?: boolean | undefined;
}

/** From where to where: the setting `orchestrator.release` as it shall be. */
export interface ReleasePlan {
  readonly from: { readonly colour: Colour; readonly image: string };
  readonly to: { readonly colour: Colour; readonly image: string };
  readonly release: Release;
}

/**
 * Plans a release; undefined when the image serves already.
 *
 * @throws UserError `release.request`, `release.build`, `release.none`
 */
export function planRelease(config: Config, request: ReleaseRequest): ReleasePlan | undefined {
  const { orchestrator, images } = config;
  if (images.build && !orchestrator.release) throw builtImages();
  const known: Release = orchestrator.release ?? {
    active: "blue",
    number: 0,
    blue: publishedImage(config, "orchestrator"),
  };
  const colour = known.active === "blue" ? "green" : "blue";
  const from = { colour: known.active, image: known[known.active] ?? publishedImage(config, "orchestrator") };
  const image = request.rollback ? previous(known[colour], config.stack) : wanted(config, from.image, request);
  if (image === from.image) return undefined;
  const release: Release = { ...known, active: colour, number: known.number + 1, [colour]: image };
  return { from, to: { colour, image }, release };
}

function wanted(config: Config, serving: string, { image, version }: ReleaseRequest): string {
  if (image !== undefined && version !== undefined)
    throw oneOf("--image and --version are two answers to one question");
  if (image !== undefined) return image;
  if (version !== undefined) return `${serving.replace(/@.*$/, "").replace(/:[^/:]*$/, "")}:${version}`;
  return publishedImage(config, "orchestrator");
}

function previous(image: string | undefined, stack: string): string {
  if (image !== undefined) return image;
  throw new UserError({
    code: "release.none",
    where: `stack ${stack}`,
    what: "there is no version before the one that serves",
    fix: "Release another one with --image or --version. Nothing was changed.",
  });
}

function oneOf(what: string): UserError {
  return new UserError({ code: "release.request", what, fix: "Give one of the two. Nothing was changed." });
}

function builtImages(): UserError {
  return new UserError({
    code: "release.build",
    where: "homeslice:images.build",
    what: "the image that serves is built by each `up`, so that there is none to go back to",
    fix: "Push the images by their versions, name them in images.references, and leave images.build out. Nothing was changed.",
  });
}
