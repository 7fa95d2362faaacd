import type { Argv } from "yargs";
import { operations } from "../../../api/operations/operations.js";
import type { Operation } from "../../../api/operations/operation.js";
import type { ApiArgs } from "./api-request.js";
import { apiRequest } from "./api-request.js";
import type { Command } from "../../command.js";
import { repeatable } from "../../parse/options.js";
import type { SessionArgs } from "../../parse/options.js";
import { sessionOptions } from "../../parse/options.js";
import type { GlobalArgs } from "../../run.js";
import { openApi } from "../../session/session.js";
import { jsonText } from "../../../views/text/json-text.js";

type Args = ApiArgs & SessionArgs & GlobalArgs & { readonly list: boolean };

export const api: Command<Args> = {
  usage:
    "Makes one call of the API, with the credentials, pacing and retries of the other commands.\nPrints the answer's JSON.\n\nUsage: $0 api OPERATION [options]",
  examples: [
    ["$0 api --list", "operations, permissions, what they are for"],
    ["$0 api getChatsSettings", "read the org's settings"],
    ["$0 api getChatsRoomMessages --param roomJid=JID --query limit=10", "the last messages of a room"],
    [`$0 api patchChatsSettings --body '{"reactionsEnabled":true}'`, "change a setting"],
  ],
  words: Object.keys(operations),
  options: (yargs: Argv) =>
    sessionOptions(yargs)
      .positional("operation", { type: "string", describe: "Name of the operation" })
      .option("list", { type: "boolean", default: false, describe: "List all operations" })
      .option("param", repeatable("A path parameter; repeatable"))
      .option("query", repeatable("A query parameter; repeatable"))
      .option("body", { type: "string", requiresArg: true, describe: "JSON, @FILE, or - for stdin" }),
  async run(args, context) {
    if (args.list) {
      context.stdout.write(listing());
      return 0;
    }
    const request = await apiRequest(args, context);
    const service = await openApi(args, context);
    try {
      const { body } = await service.call(request, context.stop);
      if (body !== undefined) context.stdout.write(jsonText(body));
      return 0;
    } finally {
      await service.close();
    }
  },
};

function listing(): string {
  const rows = Object.entries<Operation>(operations).map(
    ([name, { method, path, query, permissions, summary, body }]) => {
      const needs = permissions.length === 0 ? "no permission" : permissions.join(" or ");
      const takes = [
        ...query.map((one) => `--query ${one}`),
        ...(body === null ? [] : [`--body ${body}`]),
      ].join(" ");
      return [
        `${name}: ${summary}`,
        `  ${method} ${path}`,
        ...(takes === "" ? [] : [`  ${takes}`]),
        `  needs ${needs}`,
      ].join("\n");
    },
  );
  return `${rows.join("\n\n")}\n`;
}
