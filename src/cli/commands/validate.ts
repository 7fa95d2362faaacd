import type { Argv } from "yargs";
import { diagnosticsToJson } from "../../views/diagnostics-json.js";
import { renderDiagnostics, summarizeDiagnostics } from "../../views/diagnostics-text.js";
import { count } from "../../views/terminal.js";
import type { Command } from "../command.js";
import type { Context, ExitCode } from "../context.js";
import { readDesired } from "../desired.js";
import type { FileArgs } from "../options.js";
import { fileOptions } from "../options.js";
import type { GlobalArgs } from "../run.js";
import { styleFor } from "../show-plan.js";

type Args = FileArgs & GlobalArgs & { readonly json: boolean };

export const validate: Command<Args> = {
  usage:
    "Checks the files of the desired state, and shows everything that is wrong in them.\nNothing is contacted.\n\nUsage: $0 validate [options]",
  examples: [
    ["$0 validate", "check chatform.yaml"],
    ["$0 validate -f chat/ --var domain=example.com", "check a folder, with a variable"],
    ["$0 validate --json", "in the shape of terraform validate -json"],
  ],
  options: (yargs: Argv) =>
    fileOptions(yargs).option("json", {
      type: "boolean",
      default: false,
      describe: "JSON instead of text",
    }),
  async run(args, context): Promise<ExitCode> {
    const { diagnostics, files, resources } = await readDesired(args, context);
    const valid = diagnostics.every(({ severity }) => severity !== "error");
    if (args.json) context.stdout.write(`${JSON.stringify(diagnosticsToJson(diagnostics), null, 2)}\n`);
    else
      showText(
        args,
        context,
        diagnostics,
        `${count(resources.length, "resource")} in ${count(files.length, "file")}`,
      );
    return valid ? 0 : 1;
  },
};

function showText(
  { color }: Args,
  context: Context,
  diagnostics: Parameters<typeof renderDiagnostics>[0],
  found: string,
): void {
  const style = styleFor(context, "stderr", color);
  context.stderr.write(renderDiagnostics(diagnostics, { style, width: context.stderr.columns ?? 80 }));
  if (diagnostics.length > 0) context.stderr.write(`${summarizeDiagnostics(diagnostics)}.\n`);
  else context.stdout.write(`${styleFor(context, "stdout", color).green("Valid:")} ${found}.\n`);
}
