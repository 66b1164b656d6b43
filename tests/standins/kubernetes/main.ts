import { serve } from "@homeslice/plugin/serve.ts";
import { KubernetesProvider } from "./kubernetes.ts";

await serve(new KubernetesProvider());
