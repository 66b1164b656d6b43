import { serve } from "@homeslice/plugin/serve.ts";
import { CommandProvider } from "./command.ts";

await serve(new CommandProvider());
