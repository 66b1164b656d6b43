import { serve } from "../serve.ts";
import { CommandProvider } from "./command.ts";

await serve(new CommandProvider());
