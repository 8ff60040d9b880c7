The CTI server accepts every GED-188 client of a CCX engine: protocol versions 10 to 18, bridge and agent mode, masks,
credentials (``cti.server.credentials_file``), heartbeats and idle timeouts; a client that does not read or sends garbage
is dropped and disturbs nobody. The CTI client alternates between sides A and B, steps down to the version that the engine
knows, and notices a dead engine by three heartbeats. The codec has every message with a published layout, in the dialects of
both Unified CCX and Unified CCE; ``docs/cti.rst`` is the contract.
