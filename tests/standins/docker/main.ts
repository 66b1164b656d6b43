import { serve } from "../serve.ts";
import { DockerProvider } from "./docker.ts";

await serve(new DockerProvider());
