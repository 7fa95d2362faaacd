import type { Handlers } from "../handler.js";
import { defaultClient } from "../options.js";

/** Operations that describe the token of the request. */
export const tokenHandlers: Handlers<"getOrganizationsMe" | "getTokensMe"> = {
  getOrganizationsMe: ({ org: { id, name } }) => ({
    id,
    name,
    version: 1,
    state: "active",
    selfUri: `/api/v2/organizations/${id}`,
  }),
  getTokensMe: ({ org, caller }) => {
    const organization = { id: org.id, name: org.name };
    return {
      organization,
      homeOrganization: organization,
      authorizedScope: [],
      OAuthClient: {
        id: caller.isUser ? defaultClient.id : caller.id,
        name: "chatform",
        authorizedGrantType: caller.isUser ? "CODE" : "CLIENT_CREDENTIALS",
      },
    };
  },
};
