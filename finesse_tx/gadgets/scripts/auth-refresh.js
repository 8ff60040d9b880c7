/* auth-refresh: the page around the gadget has a newer security token for it (gadgets.md §10.3). */
"use strict";

gadgets.rpc.register("update_security_token", function update(token) {
  if (this.f === "..") {
    shindig.auth.updateSecurityToken(token);
  }
});
