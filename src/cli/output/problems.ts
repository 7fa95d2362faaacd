import type { Diagnostic } from "../../core/diagnostic.js";
import { renderAnnotations } from "../../views/diagnostics/annotations.js";
import { renderDiagnostics } from "../../views/diagnostics/diagnostics-text.js";
import { styles, wantsColor } from "../../views/text/terminal.js";
import type { Context } from "../context.js";
import { pathFromRoot } from "./source-root.js";

export interface ProblemArgs {
  readonly color: boolean;
  /** True to show diagnostics at their lines in GitHub; undefined: only in GitHub's workflows. */
  readonly annotations?: boolean | undefined;
}

/** Shows problems on stderr, for people and as annotations for GitHub. */
export function showProblems(problems: readonly Diagnostic[], args: ProblemArgs, context: Context): void {
  const { stderr, env } = context;
  const style = styles(wantsColor(env, stderr, args.color));
  const shown = withRepeatedOptions(problems, context);
  stderr.write(renderDiagnostics(shown, { style, width: stderr.columns ?? 80 }));
  annotate(shown, args, context);
}

/** Returns problems whose commands find the same config, environment and state as this run. */
export function withRepeatedOptions(
  problems: readonly Diagnostic[],
  { repeatOptions }: Pick<Context, "repeatOptions">,
): readonly Diagnostic[] {
  return problems.map((one) => (one.help === undefined ? one : { ...one, help: repeatOptions(one.help) }));
}

/** Writes problems as annotations for GitHub only, on stderr, so that stdout stays clean. */
export function annotate(
  problems: readonly Diagnostic[],
  { annotations }: Pick<ProblemArgs, "annotations">,
  context: Context,
): void {
  if (annotations ?? context.env["GITHUB_ACTIONS"] === "true")
    context.stderr.write(renderAnnotations(problems, (file) => pathFromRoot(file, context)));
}
