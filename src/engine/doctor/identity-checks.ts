import type { Identity } from "../../api/identity/identity.js";
import type { Address } from "../../core/address.js";
import { nameSome, shortenEmails } from "../../core/address.js";
import type { Check, Topic } from "../../core/doctor/check.js";
import { passed, warned } from "../../core/doctor/check.js";
import type { HeldPermissions } from "../../core/permissions/held-permissions.js";
import type { PermissionNeed } from "../../core/permissions/missing-permissions.js";
import { checkPermissions, missingText } from "../../core/permissions/missing-permissions.js";

/** Returns the check of the token's user or OAuth client, and of its org. */
export function checkIdentity({ type, id, name, org, permissions }: Identity): Check {
  const own = named(name, id);
  const ofOrg = org === undefined ? "" : `, in the org ${named(org.name, org.id)}`;
  if (type !== "unknown")
    return passed("identity", `${type === "user" ? "User" : "OAuth client"} ${own}${ofOrg}.`);
  const reason = permissions.told ? "" : ` (${permissions.reason})`;
  return warned("identity", "identity-untold", {
    text: `The service does not tell whose token it is${reason}${ofOrg}.`,
    help: "If commands fail too, use other credentials, or ask an administrator of the org about these.",
  });
}

/** Returns a name with its id. A name that is an e-mail address is left out: the output may be published. */
function named(name: string | undefined, id: string | undefined): string {
  return name === undefined || name.includes("@")
    ? (id ?? "without an id")
    : `${name} (${id ?? "without an id"})`;
}

/** The permissions for one purpose. */
export interface Purpose {
  readonly topic: Extract<Topic, `permissions-${string}`>;
  readonly needs: readonly PermissionNeed[];
  /** The weight of a missing permission. */
  readonly status: "warning" | "failure";
  /** Follows the missing permissions: what does not need them, or checks them closer. */
  readonly note?: string;
}

/** Returns the check of the permissions that something needs. */
export function checkPurpose({ topic, needs, status, note }: Purpose, held: HeldPermissions): Check {
  const sets = [...new Set(needs.map(({ anyOf }) => anyOf.join(" or ")).filter((set) => set !== ""))];
  if (sets.length === 0) return passed(topic, "No permission is needed.");
  if (!held.told)
    return warned(topic, "permissions-untold", {
      text: `The service does not tell the permissions of these credentials (${held.reason}). Needed are:\n${sets.map((set) => `  ${set}`).join("\n")}`,
      help: "Compare these with the roles of the credentials, or ask an administrator of the org to.",
    });
  const { missing: found, limited } = checkPermissions(needs, held.permissions);
  const missing = found.map((one) => ({ ...one, addresses: one.addresses.map(shortenEmails) }));
  if (missing.length > 0)
    return {
      ...{ topic, status, code: "missing-permissions", missing },
      text: missing.map(missingText).join("\n"),
      help: `Add ${missing.length === 1 ? "the permission" : "one permission of each line"} to a role of these credentials.${note === undefined ? "" : ` ${note}`}`,
    };
  const limits = limited.map(({ permission, limit }) => `${permission} ${limit ?? ""}`).join(", ");
  const noted = limits === "" ? "" : ` Granted with limits that chatform cannot evaluate: ${limits}.`;
  return passed(topic, `All permissions are there.${noted}`);
}

/** Returns a warning for a token without a user that calls a user's operations. */
export function checkUser({ type }: Identity, addresses: readonly Address[]): readonly Check[] {
  if (type !== "client" || addresses.length === 0) return [];
  return [
    warned("user", "token-without-user", {
      text: `The token has no user. The service may refuse own settings, messages, reactions and 1:1 chats: ${nameSome(addresses.map(shortenEmails))}.`,
      help: "Use a user's access token for them, or take them out of the config.",
    }),
  ];
}
