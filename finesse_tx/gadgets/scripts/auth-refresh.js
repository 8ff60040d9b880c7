/* auth-refresh: a newer security token comes to every gadget, with or without this; see rpc.js (gadgets.md §10.3). */
