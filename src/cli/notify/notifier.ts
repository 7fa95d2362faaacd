import type { Api } from "../../api/api.js";
import { ApiError } from "../../api/errors.js";
import type { Verdict } from "../../views/drift/drift-json.js";
import type { AuditRun } from "../commands/drift/run-audit.js";
import type { Context } from "../context.js";

/** The result of an audit or a repair, to tell. */
export interface Notice {
  readonly run: AuditRun;
  readonly previous: Verdict;
  /** Tells the environment, the org and the config that the run is about. */
  readonly key: string;
}

/** A receiver of notifications. */
export interface Notifier {
  /** For people; of a webhook only the host, as its path may be a secret. */
  readonly name: string;
  /** Identifies the receiver among those of `--notify`. May hold a secret. */
  readonly target: string;
  /**
   * `message`: told of each change of the verdict, and of each repair. `issue`: brought up to date with each change of the drift; it
   * knows by itself what it was told by earlier runs.
   */
  readonly type: "message" | "issue";
  /** @throws UndeliveredError, ApiError */
  send(notice: Notice, api: Api, context: Context): Promise<void>;
}

/** A notification could not be delivered. */
export class UndeliveredError extends Error {
  override readonly name = "UndeliveredError";
  /** The status of the response; undefined if there is none. */
  readonly status: number | undefined;
  /** True for a request that was sent once, and may have had its effect. */
  readonly isUncertain: boolean;

  constructor(
    message: string,
    { status, isUncertain = false }: { readonly status?: number; readonly isUncertain?: boolean } = {},
  ) {
    super(message);
    this.status = status;
    this.isUncertain = isUncertain;
  }
}

/** Returns why a notification failed, for people; undefined for any other error. */
export function undeliveredReason(error: unknown): string | undefined {
  return error instanceof UndeliveredError || error instanceof ApiError ? error.message : undefined;
}
