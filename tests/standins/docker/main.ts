import { serve } from "@homeslice/plugin/serve.ts";
import { DockerProvider } from "./docker.ts";

await serve(new DockerProvider());
