``twistd -n finesse`` is a working contact centre: agents sign in and take queued calls over the Finesse REST API, with their events over XMPP
(5222, 5223) and BOSH (7071, 7443, and the web ports), an embedded CCX-like engine behind GED-188, simulated phones and customers, and
``finesse-tx call`` to make a call happen now.
