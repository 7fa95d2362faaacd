import type { StateDeclaration } from "../../../config/state-declaration.js";
import type { Check } from "../../../core/doctor/check.js";
import { failed, passed, warned } from "../../../core/doctor/check.js";
import type { State } from "../../../core/state/state.js";
import { holderText, StateError } from "../../../state/errors.js";
import type { StoreStatus } from "../../../state/store.js";
import { count } from "../../../views/text/terminal.js";
import type { Context } from "../../context.js";
import type { SessionArgs } from "../../parse/options.js";
import type { SessionConfig } from "../../session/session.js";
import { openStateStore } from "../../session/session.js";
import { isUnplaced, localStateProblem } from "../apply/local-state-in-ci.js";

/** The checks of the state, and the state if it could be read. */
export interface StateExamination {
  readonly checks: readonly Check[];
  readonly state?: State | undefined;
}

/** Reads the state without its lock. */
export async function examineState(
  args: SessionArgs,
  { state: declared, environment }: SessionConfig,
  context: Context,
): Promise<StateExamination> {
  try {
    const store = await openStateStore(args, withoutRetries(declared), context);
    const [state, status] = await Promise.all([store.read(), store.inspect()]);
    return {
      state,
      checks: [
        stateCheck(
          state,
          store.location,
          isUnplaced(args, declared, context.env) ? localStateProblem(environment) : undefined,
        ),
        ...lockChecks(status, store.location),
      ],
    };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const { code, detail, help } = error;
    return { checks: [failed("state", code, { text: detail, help })] };
  }
}

/** A server that does not respond must not hold up the other checks. */
function withoutRetries({ config, ...declared }: StateDeclaration): StateDeclaration {
  const hasRetries = config["backend"] === "http" || config["backend"] === "s3";
  return { ...declared, config: hasRetries ? { ...config, retryMax: 0 } : config };
}

/** @param lost the problem of a state that is lost with the machine; undefined for a state that is kept */
function stateCheck(
  state: State | undefined,
  location: string,
  lost: ReturnType<typeof localStateProblem> | undefined,
): Check {
  const uncertain = (state?.uncertain ?? []).filter(({ refused }) => refused !== true).length;
  const created =
    uncertain === 0 ? "" : `, ${count(uncertain, "uncertain create")}, which the next plan looks for`;
  const text =
    state === undefined
      ? `${location} does not exist yet.`
      : `${location}: serial ${state.serial}, ${count(Object.keys(state.resources).length, "resource")}${created}.`;
  if (lost === undefined) return passed("state", text);
  const { code, help } = lost;
  return warned("state", code, {
    text: `${text} This is a CI machine, and the config declares no backend: the state is lost with the machine.`,
    help,
  });
}

function lockChecks({ holder, isAbandoned, journal }: StoreStatus, location: string): readonly Check[] {
  if (holder === "untold")
    return [passed("lock", "The server tells the holder of the lock only to a run that locks.")];
  const left: readonly Check[] =
    journal === undefined || (holder !== undefined && !isAbandoned)
      ? []
      : [
          warned("lock", "journal-left", {
            text: `A run was killed: ${journal} has outcomes that the state does not have.`,
            help: "Keep the file. The next run that writes the state includes them: chatform plan shows what is left.",
          }),
        ];
  if (holder === undefined) return left.length > 0 ? left : [passed("lock", "Not locked.")];
  if (isAbandoned)
    return [
      passed("lock", `The run of ${holderText(holder)} is over: the next run replaces its lock.`),
      ...left,
    ];
  return [
    warned("lock", "state-locked", {
      text: `${location} is locked by ${holderText(holder)}.`,
      help: `Wait for that run to end. If you are sure that it has ended: chatform state unlock ${holder.ID}`,
    }),
  ];
}
