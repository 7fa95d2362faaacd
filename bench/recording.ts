import type { LoggedRequest } from "./emulator.js";

/** Requests to repeat, in chatform's order. */
export interface Recording {
  readonly requests: readonly RecordedRequest[];
}

export interface RecordedRequest {
  readonly method: string;
  /** With its query; `{jid}` is the room of `needs`. */
  readonly path: string;
  readonly body?: string;
  /** The room that the request creates, by its jid in the recording. */
  readonly makes?: string;
  /** A room that an earlier request creates. */
  readonly needs?: string;
}

/**
 * Returns chatform's requests to the service, for a client that only repeats them.
 *
 * @param madeRooms jids of the created rooms, by subject
 */
export function toRecording(
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
