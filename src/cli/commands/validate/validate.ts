import type { Loaded } from "../../../config/load.js";
import { diagnosticsToJson } from "../../../views/diagnostics/diagnostics-json.js";
import { summarizeDiagnostics } from "../../../views/diagnostics/diagnostics-text.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import { readConfig } from "../../session/load-config.js";
import type { GlobalArgs } from "../../parse/options.js";
import { fileOptions } from "../../parse/options.js";
import { annotate, showProblems } from "../../output/problems.js";
import { reportOptionsFor, wantedReports } from "../../output/reports.js";
import { styleFor } from "../../output/style.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag } from "../../parse/option-table.js";
import { isValid, validateFormats, summarizeValid } from "./validate-reports.js";
import { jsonText } from "../../../views/text/json-text.js";

const options = {
  ...fileOptions,
  ...reportOptionsFor(Object.keys(validateFormats)),
  json: flag("Print JSON in the shape of terraform validate -json"),
};

type Args = ArgsOf<typeof options> & GlobalArgs;

export const validate: Command<Args> = {
  description: "Checks the config and shows every problem in it. Makes no connection.",
  examples: [
    ["validate", "check chatform.yaml"],
    ["validate -f chat/ --var domain=example.com", "check a folder, with a variable"],
    ["validate --json", "in the shape of terraform validate -json"],
    ["validate --report sarif=chatform.sarif", "and a file for code scanning"],
  ],
  options,
  async run(args, context): Promise<ExitCode> {
    const reports = await wantedReports(validateFormats, args, context);
    const config = await readConfig(args, context);
    const diagnostics = [...config.diagnostics, ...config.findUnusedVariables()];
    const loaded = { ...config, diagnostics };
    if (args.json) showJson(diagnostics, args, context);
    else showText(loaded, args, context);
    await reports.write({ loaded, context });
    return isValid(loaded) ? 0 : 1;
  },
};

function showJson(diagnostics: Loaded["diagnostics"], args: Args, context: Context): void {
  context.stdout.write(jsonText(diagnosticsToJson(diagnostics)));
  annotate(diagnostics, args, context);
}

function showText(loaded: Loaded, args: Args, context: Context): void {
  const { diagnostics } = loaded;
  showProblems(diagnostics, args, context);
  if (!isValid(loaded)) context.stderr.write(`${summarizeDiagnostics(diagnostics)}.\n`);
  else
    context.stdout.write(
      `${styleFor(context, "stdout", args.color).green("Valid:")} ${summarizeValid(loaded)}.\n`,
    );
}
