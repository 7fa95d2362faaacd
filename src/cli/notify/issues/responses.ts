import type { Json } from "../../../core/json/json.js";
import { isArray, isObject } from "../../../core/json/json.js";
import { safeLine } from "../../../core/safe-text.js";
import type { HttpResponse } from "../../../http/message.js";
import { bodyText } from "../../../http/message.js";
import type { JsonServer } from "../json-server.js";
import { UndeliveredError } from "../notifier.js";
import type { OpenedIssue } from "./issue-tracker.js";
import { label } from "./issue-tracker.js";

/** The longest page that GitHub and GitLab give. */
const pageSize = 100;
const maxPages = 20;

/** Returns all items of a list that comes in pages. @throws UndeliveredError */
export async function listPages(server: JsonServer, target: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const paged = `${target}&per_page=${String(pageSize)}&page=${String(page)}`;
    const some = parseJson(await server.send({ method: "GET", target: paged }));
    if (!isArray(some)) throw new UndeliveredError("the response is not a list of issues");
    items.push(...some);
    if (some.length < pageSize) break;
  }
  return items;
}

/** Returns the JSON of a response. @throws UndeliveredError */
function parseJson(response: HttpResponse): Json {
  try {
    return JSON.parse(bodyText(response)) as Json;
  } catch {
    throw new UndeliveredError("the response is not JSON");
  }
}

/** Reads the response to opening an issue. @param number the member with its number */
export function toOpened(response: HttpResponse, number: string): OpenedIssue {
  const opened = parseJson(response);
  if (!isObject(opened)) throw new UndeliveredError("the response is not an issue");
  const { labels } = opened;
  const names = isArray(labels) ? labels.map((one) => (isObject(one) ? one["name"] : one)) : [label.name];
  return { number: Number(opened[number]), hasLabel: names.includes(label.name) };
}

/** Returns ` (Resource not accessible by integration)`: what the server says about a refusal; "" if nothing. */
export function serverMessage(response: HttpResponse): string {
  try {
    const value: unknown = JSON.parse(bodyText(response));
    const message = isObject(value) ? (value["message"] ?? value["error"]) : undefined;
    return typeof message === "string" ? ` (${safeLine(message, 200)})` : "";
  } catch {
    return "";
  }
}
