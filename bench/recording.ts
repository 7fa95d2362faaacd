import type { LoggedRequest } from "./emulator.js";

/** Requests to be made again, in the order in which chatform made them. */
export interface Recording {
  readonly requests: readonly RecordedRequest[];
}

export interface RecordedRequest {
  readonly method: string;
  /** With its query; `{jid}` stands for the room of `needs`. */
  readonly path: string;
  readonly body?: string;
  /** A room that it makes, by the jid that it had then. */
  readonly makes?: string;
  /** A room that an earlier request makes. */
  readonly needs?: string;
}

/**
 * What chatform asked of the service, for a client that does only that.
 *
 * @param madeRooms jids by subject, of the rooms that were made
 */
export function recordingOf(
  log: readonly LoggedRequest[],
  madeRooms: ReadonlyMap<string, string> = new Map(),
): Recording {
  const made = new Set(madeRooms.values());
  const requests = log
    .filter(({ operation }) => operation !== "token")
    .map(({ method, path, query, body, operation }): RecordedRequest => {
      const room = /\/chats\/rooms\/([^/]+)/.exec(path)?.[1];
      const jid = room === undefined ? undefined : decodeURIComponent(room);
      const needs = jid !== undefined && made.has(jid) ? jid : undefined;
      const makes =
        operation === "postChatsRooms"
          ? madeRooms.get((body as { readonly subject: string }).subject)
          : undefined;
      return {
        method,
        path: (needs === undefined ? path : path.replace(room ?? "", "{jid}")) + queryText(query),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(makes === undefined ? {} : { makes }),
        ...(needs === undefined ? {} : { needs }),
      };
    });
  return { requests };
}

function queryText(query: LoggedRequest["query"]): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
