import type { Argv } from "yargs";
import type { Loaded } from "../../../config/load.js";
import { diagnosticsToJson } from "../../../views/diagnostics/diagnostics-json.js";
import { summarizeDiagnostics } from "../../../views/diagnostics/diagnostics-text.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import { readConfig } from "../../session/load-config.js";
import type { FileArgs } from "../../parse/options.js";
import { fileOptions } from "../../parse/options.js";
import { annotate, showProblems } from "../../output/problems.js";
import type { ReportArgs } from "../../output/reports.js";
import { reportOption, wantedReports } from "../../output/reports.js";
import type { GlobalArgs } from "../../run.js";
import { styleFor } from "../../output/style.js";
import { validateFormats, whatIsValid } from "./validate-reports.js";
import { jsonText } from "../../../views/text/json-text.js";

type Args = FileArgs & GlobalArgs & ReportArgs & { readonly json: boolean };

export const validate: Command<Args> = {
  usage:
    "Checks the files of the desired state, and shows everything that is wrong in them.\nNothing is contacted.\n\nUsage: $0 validate [options]",
  examples: [
    ["$0 validate", "check chatform.yaml"],
    ["$0 validate -f chat/ --var domain=example.com", "check a folder, with a variable"],
    ["$0 validate --json", "in the shape of terraform validate -json"],
    ["$0 validate --report sarif=chatform.sarif", "and a file for code scanning"],
  ],
  options: (yargs: Argv) =>
    reportOption(fileOptions(yargs), Object.keys(validateFormats)).option("json", {
      type: "boolean",
      default: false,
      describe: "JSON instead of text",
    }),
  async run(args, context): Promise<ExitCode> {
    const reports = await wantedReports(validateFormats, args, context.cwd);
    const loaded = await readConfig(args, context);
    const { diagnostics } = loaded;
    if (args.json) showJson(diagnostics, args, context);
    else showText(loaded, args, context);
    await reports.write({ loaded, context });
    return diagnostics.every(({ severity }) => severity !== "error") ? 0 : 1;
  },
};

function showJson(diagnostics: Loaded["diagnostics"], args: Args, context: Context): void {
  context.stdout.write(jsonText(diagnosticsToJson(diagnostics)));
  annotate(diagnostics, args, context);
}

function showText(loaded: Loaded, args: Args, context: Context): void {
  const { diagnostics } = loaded;
  showProblems(diagnostics, args, context);
  if (diagnostics.length > 0) context.stderr.write(`${summarizeDiagnostics(diagnostics)}.\n`);
  else
    context.stdout.write(
      `${styleFor(context, "stdout", args.color).green("Valid:")} ${whatIsValid(loaded)}.\n`,
    );
}
