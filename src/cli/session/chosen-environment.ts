import type { Context } from "../context.js";
import type { FileArgs } from "../parse/options.js";

/** Returns the environment that --env or CHATFORM_ENV names; undefined if none is named. */
export function chosenEnvironment(
  { env }: Pick<FileArgs, "env">,
  context: Pick<Context, "env">,
): string | undefined {
  const name = env ?? context.env["CHATFORM_ENV"];
  return name === "" ? undefined : name;
}
