import { operations } from "../../../api/operations/operations.js";
import type { Operation } from "../../../api/operations/operation.js";
import { apiRequest } from "./api-request.js";
import type { Command } from "../../command.js";
import type { GlobalArgs } from "../../parse/options.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag, list, text } from "../../parse/option-table.js";
import { sessionOptions } from "../../parse/options.js";
import { openApi } from "../../session/session.js";
import { jsonText } from "../../../views/text/json-text.js";

const positionals = {
  operation: { type: "string", describe: "The operation's name", suggestions: Object.keys(operations) },
} as const;

const options = {
  ...sessionOptions,
  list: flag("List all operations"),
  param: list("NAME=VALUE", "Path parameter"),
  query: list("NAME=VALUE", "Query parameter"),
  body: text("JSON", "JSON, @FILE, or - for stdin"),
};

type Args = ArgsOf<typeof positionals> & ArgsOf<typeof options> & GlobalArgs;

export const api: Command<Args> = {
  description:
    "Makes one API call, with the credentials, pacing and retries of the other commands.\nPrints the JSON of the response.",
  examples: [
    ["api --list", "list the operations with their permissions"],
    ["api getChatsSettings", "read the org's settings"],
    ["api getChatsRoomMessages --param roomJid=JID --query limit=10", "the last messages of a room"],
    [`api patchChatsSettings --body '{"reactionsEnabled":true}'`, "change a setting"],
  ],
  positionals,
  options,
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
