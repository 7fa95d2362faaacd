import type { Check } from "../../core/doctor/check.js";
import { clientWidePerMinute, getShare } from "../rate/client-budget.js";
import { passed, warned } from "../../core/doctor/check.js";

/**
 * Checks the rate limit of a token, and the size of the pool.
 *
 * @param perMinute requests a minute of one token; undefined where no response tells it
 * @param poolSize the most tokens; undefined where it is not set
 */
export function checkLimits(perMinute: number | undefined, poolSize: number | undefined): Check {
  if (perMinute === undefined)
    return passed("limits", "The service tells no rate limit in the headers of its responses.");
  const useful = Math.max(1, Math.ceil(clientWidePerMinute / perMinute));
  const each = `${perMinute} requests a minute for each token`;
  if (poolSize === undefined)
    return passed(
      "limits",
      `${each}; ${getShare(perMinute).toLocaleString("en-US")} for all tokens of a run, unless GENESYSCLOUD_TOKEN_POOL_SIZE allows more.`,
    );
  const tokens = poolSize === 1 ? "1 token" : `${poolSize} tokens`;
  if (poolSize <= useful)
    return passed("limits", `${each}; ${tokens} at most (GENESYSCLOUD_TOKEN_POOL_SIZE).`);
  return warned("limits", "pool-without-gain", {
    text: `${each}, and ${clientWidePerMinute} for all tokens of a client together: more than ${useful === 1 ? "1 token gains" : `${useful} tokens gain`} nothing, and the pool may have ${poolSize}.`,
    help: `Set GENESYSCLOUD_TOKEN_POOL_SIZE=${useful}`,
  });
}
