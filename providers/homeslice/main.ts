import { serve } from "@homeslice/plugin/serve.ts";
import { HomesliceProvider } from "./provider.ts";

await serve(new HomesliceProvider());
