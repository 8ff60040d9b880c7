-- Prosody 0.12 or later as the XMPP server of finesse_tx: docs/component.rst says how the two meet.
--
-- Agents sign in here, by TCP, BOSH or WebSocket, with the passwords of finesse_tx's directory; its publish-subscribe
-- service is a component. Needs no module beside Debian's package but ours, etc/prosody/mod_auth_finesse.lua.
-- To change: the domain finesse.local, the secret, the token, and the certificates.

plugin_paths = { "/etc/finesse_tx/prosody" } -- where mod_auth_finesse.lua is
data_path = "/var/lib/prosody"
pidfile = "/run/prosody/prosody.pid"
certificates = "/etc/prosody/certs"
log = { info = "*console" }

modules_enabled = {
	"disco", "roster", "saslauth", "tls", "ping", "version", "time";
	"bosh", "websocket"; -- at /http-bind and /xmpp-websocket of http_ports
	"groups"; -- makes our service everybody's contact: this is how finesse_tx learns who is there
	"limits";
}
modules_disabled = { "s2s", "offline" } -- there are no other servers, and events are not kept for later

interfaces = { "127.0.0.1" }
c2s_ports = { 5222 }
c2s_direct_tls_ports = { 5223 }
http_interfaces = { "127.0.0.1" }
http_ports = { 7071 }
https_ports = { }
component_interfaces = { "127.0.0.1" }
component_ports = { 5347 }

-- As older clients sign in; to be turned to true and false where the ports are open to a network.
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_bosh_secure = true
consider_websocket_secure = true

limits = { c2s = { rate = "100kb/s", burst = "2s" } }

authentication = "finesse"
finesse_accounts_url = "http://127.0.0.1:7072" -- listen.accounts of finesse_tx
finesse_accounts_token = "the text of accounts.token" -- HOME/accounts.token of finesse_tx, or accounts.token_file

groups_file = "/etc/finesse_tx/prosody/groups.txt"

VirtualHost "finesse.local"
	http_host = "127.0.0.1"

Component "pubsub.finesse.local"
	component_secret = "change me" -- notification.component.secret_file of finesse_tx
	validate_from_addresses = false -- it speaks as finesse@finesse.local too; false: notification.component.speaks_for_domain
