/* shindig.auth: the security token that shows which gadget a request is from (gadgets.md §4.2, §13). */
"use strict";

shindig.auth = shindig.auth || (() => {
  let token = null;
  let trusted = null;

  gadgets.config.register("shindig.auth", null, (all) => {
    const given = all["shindig.auth"] || {};
    token = given.authToken || gadgets.util.getUrlParameters().st || token;
    if (given.trustedJson) {
      trusted = JSON.parse(given.trustedJson);
    }
  });

  return {
    getSecurityToken: () => token,
    updateSecurityToken(renewed) {
      token = renewed;
    },
    getTrustedData: () => trusted,
  };
})();
